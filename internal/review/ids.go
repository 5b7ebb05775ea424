package review

// PersonID identifies a person in the directory. 0 stands for Slipway itself,
// for example when group membership is taken over at sign-in.
type PersonID int64

// System is the actor of changes that no person asked for.
const System PersonID = 0

// ProjectID identifies a project and its stream of events.
type ProjectID int64

// ProjectKey addresses a project in URLs: lower-case words joined by hyphens,
// 2 to 40 characters. It never changes.
type ProjectKey string
