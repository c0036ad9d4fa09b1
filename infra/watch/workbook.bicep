// A page in the portal: builds and how they ended, findings, and what the audits covered.
param location string
param tags object
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspaceId, 'image-pools')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Batch image pools'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: replace(loadTextContent('workbook.json'), 'WORKSPACE_ID', workspaceId)
  }
}
