// Package plan holds what a review has to satisfy: published documents, their
// words, and how they become one plan for a project.
//
// It stands below everything else and imports the standard library only. What
// people did about a plan (answers, evidence, signatures) is package review's.
package plan
