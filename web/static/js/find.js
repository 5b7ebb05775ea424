// The palette: what the page /search finds, in a dialog as one types. Focus goes from the field to the links and back.
let palette, field, hits, told, typed, looking, shown, going
const enter = e => {
  e?.preventDefault()
  const to = $('.sec li > a', hits)
  going = shown === undefined
  if (to && !going) location = to.href
  else if (!going) field.form.submit()
}
const look = () => {
  clearTimeout(typed)
  looking?.abort()
  shown = undefined
  const q = field.value.trim()
  if (!q) {
    shown = ''
    told.textContent = 'Projects, items, evidence, records, people and the library'
    return hits.replaceChildren()
  }
  typed = setTimeout(async () => {
    looking = new AbortController()
    try {
      const answer = await fetch(field.form.action + '?' + new URLSearchParams({ q }), { signal: looking.signal })
      if (!answer.ok || answer.redirected) throw 0
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      hits.replaceChildren(...page.getElementById('found').children)
      told.textContent = $('.sec', hits) ? 'Enter opens the first, arrows choose another' : ''
    } catch (err) {
      if (err.name === 'AbortError') return
      hits.replaceChildren()
      told.textContent = 'The search does not answer. Enter tries again on its own page.'
    }
    shown = q
    if (going) enter()
  }, 120)
}
const find = () => {
  if ($('#search')) return $('#search').focus()
  if (!palette) {
    field = make('input', { name: 'q', autocomplete: 'off', ariaLabel: 'What to look for', placeholder: 'Search', oninput: look })
    hits = make('div')
    told = make('p', { className: 'mut small', role: 'status' })
    palette = make('dialog', { className: 'find', ariaLabel: 'Search' }, make('form', { action: '/search', onsubmit: enter }, field), told, hits)
    palette.onkeydown = e => {
      const k = e.key, list = [field, ...hits.querySelectorAll('.sec li > a, .sec > p > a')], step = { ArrowDown: 1, ArrowUp: -1 }[k]
      if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
      if (step) {
        e.preventDefault()
        list[Math.max(0, list.indexOf(doc.activeElement) + step)]?.focus()
      } else if (k.length < 2 || k === 'Backspace') field.focus()
    }
    doc.body.append(palette)
    look()
  }
  going = 0
  palette.showModal()
  field.select()
}
on('click', e => {
  if (!e.target.matches('.top [href="/search"]') || e.ctrlKey || e.metaKey || e.shiftKey) return
  e.preventDefault()
  find()
})
