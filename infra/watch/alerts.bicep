// What somebody must hear of: dead letters, findings, audits that saw too little or did not come, builds that failed.
param location string
param tags object
param workspaceId string
param serviceBusId string
param emails string[]
param auditSilence string

// The app's own lines in the log; test/stories/alerts.test.ts holds them against what it really writes. With a field, its number
// in the last of these lines is what counts; without one, how many lines there are.
var logRules = [
  {
    name: 'finding-opened'
    title: 'A finding was opened'
    advice: 'Read the event on queue image-pool-events, or reports/latest.md in container image-pool-guard; docs/findings.md says what to do.'
    severity: 1
    window: 'PT15M'
    every: 'PT5M'
    operator: 'GreaterThan'
    threshold: 0
    lines: '''findings opened: [1-9]|^audit-pools: \S+ \w+: [1-9]\d* opened'''
    field: ''
  }
  {
    name: 'critical-open'
    title: 'A critical finding is open'
    advice: 'Ends with the first audit after which none is open. Read reports/latest.md in container image-pool-guard; docs/findings.md says what to do.'
    severity: 1
    window: auditSilence
    every: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
    lines: '''^audit-pools: \S+ (green|findings|partial): '''
    field: 'critical'
  }
  {
    name: 'warning-open'
    title: 'A warning is open'
    advice: 'Ends with the first audit after which none is open. Read reports/latest.md in container image-pool-guard; known problems can be snoozed (docs/guard.md).'
    severity: 2
    window: auditSilence
    every: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
    lines: '''^audit-pools: \S+ (green|findings|partial): '''
    field: 'warnings'
  }
  {
    name: 'audit-partial'
    title: 'An audit could not see everything'
    advice: 'Its report names each gap with the reason, and mostly the missing right (docs/guard.md, "What an audit covers").'
    severity: 2
    window: 'PT2H'
    every: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
    lines: '''^audit-pools: \S+ partial: '''
    field: ''
  }
  {
    name: 'audit-silent'
    title: 'No audit has ended for too long'
    advice: 'Look whether the app runs, and what the orchestration audit-pools waits for.'
    severity: 1
    window: auditSilence
    every: 'PT1H'
    operator: 'LessThan'
    threshold: 1
    lines: '''^audit-pools: \S+ (green|findings|partial): '''
    field: ''
  }
  {
    name: 'build-failed'
    title: 'A build failed'
    advice: 'The line, and the result on queue image-pool-events, name the step, the code and what is left (docs/failures.md).'
    severity: 3
    window: 'PT15M'
    every: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
    lines: '''^\S+: BuildFailed at '''
    field: ''
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: 'image-pool-alerts'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'imagepools'
    emailReceivers: [
      for email in emails: { name: email, emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in logRules: {
    name: 'image-pools-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Batch image pools: ${rule.title}'
      description: rule.advice
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: true
      // The table is there only after the app's first line.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            // Of a line that was sampled, ItemCount says how many it stands for.
            query: empty(rule.field)
              ? 'AppTraces | where Message matches regex @"${rule.lines}" | summarize found = sum(ItemCount)'
              : 'AppTraces | where Message matches regex @"${rule.lines}" | summarize arg_max(TimeGenerated, Message) | project found = coalesce(toint(extract(@" ${rule.field}=(\\d+)", 1, Message)), 0)'
            metricMeasureColumn: 'found'
            timeAggregation: 'Total'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: empty(emails) ? [] : [people.id] }
    }
  }
]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'image-pools-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'A message was given up. Read its reason in the dead-letter queue (docs/failures.md), mend it, send it again.'
    severity: 1
    enabled: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-letters'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: ['image-build-requests', 'resource-events', 'image-pool-events']
            }
          ]
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: empty(emails) ? [] : [{ actionGroupId: people.id }]
  }
}
