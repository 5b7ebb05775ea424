// Messages: the live region for what went well, a bar at the bottom for what did not.
let bar
const say = text => { $('#status').textContent = text }
const warn = (text, action) => {
  bar?.remove()
  bar = make('div', { className: 'bar-msg s-bad', role: 'alert' }, make('span', { className: 'badge' }, text), action, button('Dismiss', () => bar.remove()))
  doc.body.append(bar)
}
