/** The part of vitest's JSON report that is read here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

export interface Summary {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
  readonly failures: readonly { readonly file: string; readonly name: string }[]
}

/** A file that cannot be loaded has no tests to count, so it counts as one failure; so does a red run without any. */
export function summarise(report: Report, ok: boolean): Summary {
  const tests = report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ status, fullName }) => ({ status, file, name: fullName })),
  )
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  )
  const failures = [
    ...tests.filter(({ status }) => status === 'failed').map(({ file, name }) => ({ file, name })),
    ...broken.map(({ name }) => ({ file: name, name })),
  ]
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length === 0 && !ok ? 1 : failures.length,
    skipped: tests.filter(({ status }) => !['passed', 'failed'].includes(status)).map(({ name }) => name),
    failures,
  }
}

export function summaryLine({ passed, failed, skipped }: Summary): string {
  const counts = [`${passed} passed`, `${failed} failed`]
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`)
  return counts.join(', ')
}
