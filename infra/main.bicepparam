// The parameters of an installation, from azd's environment or that of a workflow.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')

// As the app's setting: subscription ids or ids of resource groups, separated by commas.
param scopes = filter(split(replace(readEnvironmentVariable('ALLOWED_SCOPES'), ' ', ''), ','), scope => !empty(scope))

param mayBuild = bool(readEnvironmentVariable('MAY_BUILD', 'true'))
param mayCapture = bool(readEnvironmentVariable('MAY_CAPTURE', 'false'))
param paused = bool(readEnvironmentVariable('PAUSED', 'false'))
param privateNetworking = bool(readEnvironmentVariable('PRIVATE_NETWORKING', 'false'))
param nodeVersion = readEnvironmentVariable('NODE_VERSION', '24')
param alertEmails = filter(split(replace(readEnvironmentVariable('ALERT_EMAILS', ''), ' ', ''), ','), address => !empty(address))
