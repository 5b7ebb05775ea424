// Package review is the domain of Slipway: the words and rules of production
// readiness reviews, with no database, no HTTP and no clock of its own.
//
// A change is always made the same way. A command (a method such as
// [Review.SignOff]) first asks the permission table, then the rules, and then
// records one or more events. Recording an event applies it at once, through
// the same fold that [Replay] uses, so the state after a command and the state
// rebuilt from the trail cannot differ.
//
// Time comes in as an argument; callers pass the database's clock. Errors are
// the types in errors.go, each made for a person to read.
package review
