// Logarithm, exponential and square root from + - x / and comparisons alone: IEEE 754 fixes those to the last bit, while
// engines are free in Math.log, Math.exp, Math.sqrt and **. Kernels after Sun's fdlibm, whose error is below one unit in the last place.

const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
const twoTo32 = 4_294_967_296
const squareRootOfHalf = 0.7071067811865476
const squareRootOf2 = 1.4142135623730951

/** The natural logarithm. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  let mantissa = x
  let exponent = 0
  for (; mantissa < 1 / twoTo32; exponent -= 32) mantissa *= twoTo32
  for (; mantissa > twoTo32; exponent += 32) mantissa /= twoTo32
  for (; mantissa < squareRootOfHalf; exponent--) mantissa *= 2
  for (; mantissa > squareRootOf2; exponent++) mantissa /= 2
  return exponent * ln2High + (lnNearOne(mantissa) + exponent * ln2Low)
}

/** For the mantissa, within [sqrt(1/2), sqrt(2)]: ln(1+f) = 2s + 2/3 s^3 + ... with s = f / (2 + f). */
function lnNearOne(mantissa: number): number {
  const f = mantissa - 1
  const s = f / (2 + f)
  const z = s * s
  const series =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))))
  const halfSquare = 0.5 * f * f
  return f - (halfSquare - s * (halfSquare + series))
}

/** e to the power of x. */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : NaN
  if (x < -745.1332191019411) return 0
  const exponent = Math.floor(x / ln2High + 0.5)
  const high = x - exponent * ln2High
  const low = exponent * ln2Low
  const r = high - low
  const t = r * r
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))))
  return scale(1 - (low - (r * c) / (2 - c) - high), exponent)
}

/** x times 2 to the power of exponent: exact, save for the one rounding of a subnormal result. */
function scale(x: number, exponent: number): number {
  // In two factors, since 2^1024 and 2^-1074 are at the very ends of what a number can be.
  const half = Math.trunc(exponent / 2)
  return x * powerOf2(half) * powerOf2(exponent - half)
}

function powerOf2(exponent: number): number {
  let power = 1
  let base = exponent < 0 ? 0.5 : 2
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power *= base
    base *= base
  }
  return power
}

/** The square root, by Newton's method: each step doubles the right digits, and the start has some fifteen. */
export function sqrt(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 || x === Infinity ? x : NaN
  let root = exp(ln(x) / 2)
  for (let step = 0; step < 2; step++) root = (root + x / root) / 2
  return root
}
