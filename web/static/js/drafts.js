// Drafts: what is typed in form[data-draft] stays in this tab until a post of it was kept, and comes back to whoever
// typed it only. Where the browser forbids storage there are none.
let drafts = {}
try { drafts = sessionStorage } catch {}
const key = form => 'draft:' + doc.body.dataset.who + new URL(form.action).pathname + form.id
const drop = form => { delete drafts[key(form)] }
const fields = form => [...form.elements].filter(f => f.name && f.matches('textarea,select,input:not([type=hidden])'))
// What a field holds, and where: a tick is kept beside others of its name.
const held = f => f.matches('[type=checkbox],[type=radio]') ? 'checked' : 'value'
const spot = f => f.name + (held(f) === 'value' ? '' : '=' + f.value)
// A page that answers a form holds what was typed already: there a draft only grows, for the page that Back will give.
const { at } = doc.body.dataset
const keep = form => {
  const v = at ? JSON.parse(drafts[key(form)] || '{}') : {}
  for (const f of fields(form)) if (spot(f) in v || f[held(f)] !== (held(f) === 'value' ? f.defaultValue : f.defaultChecked)) v[spot(f)] = f[held(f)]
  drafts[key(form)] = JSON.stringify(v)
}
const restore = form => {
  const v = JSON.parse(drafts[key(form)] || '{}')
  const changed = fields(form).filter(f => spot(f) in v && v[spot(f)] !== f[held(f)])
  if (!changed.length) return at || drop(form)
  const before = changed.map(f => f[held(f)])
  for (const f of changed) f[held(f)] = v[spot(f)]
  const box = make('p', { className: 'row', role: 'status' }, 'Restored what you typed.', button('Discard it', () => {
    changed.forEach((f, i) => { f[held(f)] = before[i] })
    drop(form)
    box.remove()
  }))
  form.prepend(box)
  for (let el = form; (el = el.parentElement.closest('details'));) el.open = true
}
on('input', e => e.target.form?.matches('[data-draft]') && keep(e.target.form))
on('submit', e => {
  drafts.sent = key(e.target)
  if (e.target.matches('[data-draft]')) keep(e.target)
  // Whoever signs out leaves nothing behind for the next person at this tab.
  if (e.target.matches('[action="/logout"]')) for (const k of Object.keys(drafts)) delete drafts[k]
})
