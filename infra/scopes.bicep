// How the entries of the allow-list are read: the subscription of each, and its resource group if it names one.

@export()
@description('True for the id of a resource group, false for a subscription.')
func isGroup(scope string) bool => contains(toLower(scope), '/resourcegroups/')

@export()
@description('The subscription id, of a bare one, of /subscriptions/ID, or of the id of a resource group.')
func subscriptionOf(scope string) string => toLower(contains(scope, '/') ? split(scope, '/')[2] : trim(scope))

@export()
@description('The name of the resource group that the entry names.')
func groupOf(scope string) string => split(scope, '/')[4]
