// Package ui holds the layout and the reusable parts of every page: typed inputs in, HTML out.
//
// It knows nothing of projects, people or the database. A page in web/page turns domain values into these
// inputs. README.md beside this file shows each part and the class names they share with web/static/app.css.
package ui
