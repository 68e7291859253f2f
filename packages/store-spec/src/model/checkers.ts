import { attempts } from './checkers/attempts.ts'
import { conservation } from './checkers/conservation.ts'
import { fencing } from './checkers/fencing.ts'
import { keys } from './checkers/keys.ts'
import { legality } from './checkers/legal-moves.ts'
import { room } from './checkers/room.ts'
import { saturation } from './checkers/saturation.ts'
import { undoing } from './checkers/undoing.ts'
import { uniqueness } from './checkers/uniqueness.ts'
import { waiting } from './checkers/waiting.ts'
import type { Checker } from './observation.ts'

/** What must hold after every command, whatever came before. Fresh ones for every run: some remember. */
export function freshCheckers(): readonly Checker[] {
  return [
    conservation,
    legality,
    fencing,
    attempts,
    room,
    saturation,
    keys,
    uniqueness,
    waiting,
    undoing,
  ].map((make) => make())
}
