// Slipway's own script: keyboard, drafts, messages. Every page works without it; it only makes the same posts smoother.
// static.go joins the files of this folder, in its order, into one function, and squeezes it: a comment has its own line,
// no string spans lines, no regular expression holds a space. What one file declares, the ones after it can use.
const doc = document
const $ = (sel, root = doc) => root.querySelector(sel)
const all = sel => [...doc.querySelectorAll(sel)]
const on = (type, fn) => doc.addEventListener(type, fn)
const make = (tag, props, ...kids) => {
  const el = Object.assign(doc.createElement(tag), props)
  el.append(...kids)
  return el
}
const button = (word, onclick) => make('button', { type: 'button', onclick }, word)
const link = word => make('a', { className: 'btn', href: location.href }, word)
