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
}

/** A file that cannot be loaded has no tests to count, so it counts as one failure; so does a red run without any. */
export function summarise(report: Report, ok: boolean): Summary {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  )
  const failed = tests.filter((one) => one.status === 'failed').length + broken.length
  return {
    passed: tests.filter((one) => one.status === 'passed').length,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: tests.filter((one) => !['passed', 'failed'].includes(one.status)).map((one) => one.fullName),
  }
}

export function summaryLine({ passed, failed, skipped }: Summary): string {
  const counts = [`${passed} passed`, `${failed} failed`]
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`)
  return counts.join(', ')
}
