import type { JSX } from 'preact'
import type { Setting, Values } from '../lessons/lesson.ts'

interface SettingsProps {
  readonly settings: readonly Setting[]
  readonly values: Values
  readonly onChange: (id: string, value: string) => void
}

/** The knobs of a lesson. */
export function Settings({ settings, values, onChange }: SettingsProps): JSX.Element {
  return (
    <div class="settings">
      {settings.map((setting) => (
        <Knob key={setting.id} setting={setting} value={values[setting.id]!} onChange={onChange} />
      ))}
    </div>
  )
}

interface KnobProps {
  readonly setting: Setting
  readonly value: string
  readonly onChange: SettingsProps['onChange']
}

export function Knob({ setting: { id, label, range, choices }, value, onChange }: KnobProps): JSX.Element {
  if (range !== undefined)
    return (
      <label class="knob">
        <span>
          {/* Not an output: a label belongs to the first element in it that can have one. */}
          {label}: <span class="knob-value">{`${value} ${range.unit}`.trim()}</span>
        </span>
        <input
          type="range"
          min={range.min}
          max={range.max}
          step={range.step}
          value={value}
          aria-valuetext={`${value} ${range.unit}`}
          onInput={({ currentTarget }) => onChange(id, currentTarget.value)}
        />
      </label>
    )
  return (
    <label class="knob">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(id, currentTarget.value)}>
        {choices!.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
