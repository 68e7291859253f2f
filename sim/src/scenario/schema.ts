import { scenario } from './format.ts'
import type { JsonSchema } from './shape.ts'

/** The scenario format as JSON Schema; what it cannot say (that one field fits another) `parseScenario` checks. */
export const scenarioSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://millrace.dev/scenario.v1.schema.json',
  title: 'Millrace scenario',
  ...scenario.schema,
}
