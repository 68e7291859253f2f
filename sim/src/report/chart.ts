/** One line of a chart; what is no number is left out. */
export interface Curve {
  readonly name: string
  readonly values: readonly number[]
}

const width = 720
const height = 200
const left = 60
const bottom = 24
// Apart in lightness too, and each with its own dashes: colour alone tells nobody apart.
const strokes = ['#0072b2', '#d55e00', '#009e73', '#7a4b9a']
const dashes = ['', '7 3', '2 3', '9 3 2 3']

/** A chart as SVG: time in seconds from left to right, and every curve with its name. */
export function chart(title: string, times: readonly number[], curves: readonly Curve[]): string {
  const end = times.at(-1) ?? 1
  const most = Math.max(1e-9, ...curves.flatMap(({ values }) => values.filter(Number.isFinite)))
  const x = (time: number): string => (left + ((width - left - 8) * time) / end).toFixed(1)
  const y = (value: number): string => (height - bottom - ((height - bottom - 8) * value) / most).toFixed(1)
  const lines = curves.map(({ values }, index) => {
    const points = values.flatMap((value, at) =>
      Number.isFinite(value) ? [`${x(times[at]!)},${y(value)}`] : [],
    )
    return `<polyline fill="none" stroke="${strokes[index % 4]!}" stroke-width="1.5" stroke-dasharray="${dashes[index % 4]!}" points="${points.join(' ')}"/>`
  })
  const names = curves.map(
    ({ name }, index) =>
      `<span style="color:${strokes[index % 4]!}">${index === 0 ? '—' : '- -'} ${escaped(name)}</span>`,
  )
  const marks = [0, 0.5, 1].map(
    (share) =>
      `<text x="${left - 6}" y="${Number(y(share * most)) + 4}" text-anchor="end">${shown(share * most)}</text>` +
      `<line x1="${left}" x2="${width - 8}" y1="${y(share * most)}" y2="${y(share * most)}" class="grid"/>` +
      `<text x="${x(share * end)}" y="${height - 6}" text-anchor="${share === 1 ? 'end' : 'middle'}">${shown(share * end)} s</text>`,
  )
  return `<figure><figcaption>${escaped(title)} ${names.join(' ')}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${marks.join('')}${lines.join('')}</svg></figure>`
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function shown(value: number): string {
  return value === 0 ? '0' : value >= 100 ? String(Math.round(value)) : value.toPrecision(2)
}
