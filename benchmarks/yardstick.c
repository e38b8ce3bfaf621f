/* The yardstick: what a careful C author writes for W1, W2, W3, W5 and W6. OpenMP over blocks of walkers, walkers as
   lanes of the inner loops, Philox4x32-10 by the vector multiply of 32-bit halves, fdlibm's polynomials for sin,
   cos and log. Unlike the library it is free to reorder and to contract, and each problem has a loop of its own. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#ifndef L
#define L 256 /* walkers in a block */
#endif
#define LANES_LOOP _Pragma("omp simd simdlen(8)") for (int i = 0; i < L; i++)
#define TANG_LOOP _Pragma("omp simd simdlen(8)") for (int i = 0; i < T; i++)
#define ALIGNED __attribute__((aligned(64)))

static inline void philox_words(uint32_t *restrict w, uint32_t block, const uint32_t *restrict walker, uint32_t stream,
                                uint32_t seed, const int lanes) {
  const uint64_t m0 = 0xD2511F53u, m1 = 0xCD9E8D57u;
#ifdef __AVX512F__
  const __m512i low = _mm512_set1_epi64(0xFFFFFFFFu), v0 = _mm512_set1_epi64(m0), v1 = _mm512_set1_epi64(m1);
  for (int i = 0; i < lanes; i += 8) {
    __m512i c0 = _mm512_set1_epi64(block), c2 = _mm512_set1_epi64(stream), c3 = _mm512_setzero_si512();
    __m512i c1 = _mm512_cvtepu32_epi64(_mm256_load_si256((const __m256i *)(walker + i)));
    uint32_t k0 = seed, k1 = 0;
    for (int r = 0; r < 10; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
      __m512i p0 = _mm512_mul_epu32(v0, c0), p1 = _mm512_mul_epu32(v1, c2); /* reads the low halves only */
      c0 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p1, 32), c1, _mm512_set1_epi64(k0), 0x96);
      c2 = _mm512_ternarylogic_epi64(_mm512_srli_epi64(p0, 32), c3, _mm512_set1_epi64(k1), 0x96);
      c1 = _mm512_and_si512(p1, low), c3 = _mm512_and_si512(p0, low);
    }
    _mm256_store_si256((__m256i *)(w + i), _mm512_cvtepi64_epi32(c0));
    _mm256_store_si256((__m256i *)(w + lanes + i), _mm512_cvtepi64_epi32(c1));
    _mm256_store_si256((__m256i *)(w + 2 * lanes + i), _mm512_cvtepi64_epi32(c2));
    _mm256_store_si256((__m256i *)(w + 3 * lanes + i), _mm512_cvtepi64_epi32(c3));
  }
#else
  _Pragma("omp simd") for (int i = 0; i < lanes; i++) {
    uint64_t c0 = block, c1 = walker[i], c2 = stream, c3 = 0;
    uint32_t k0 = seed, k1 = 0;
    for (int r = 0; r < 10; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
      uint64_t p0 = m0 * c0, p1 = m1 * c2;
      c0 = (p1 >> 32) ^ c1 ^ k0, c2 = (p0 >> 32) ^ c3 ^ k1, c1 = (uint32_t)p1, c3 = (uint32_t)p0;
    }
    w[i] = c0, w[lanes + i] = c1, w[2 * lanes + i] = c2, w[3 * lanes + i] = c3;
  }
#endif
}

static inline double uniform(uint32_t w) { return (w + 0.5) * 2.3283064365386963e-10; }

/* sin and cos in one: |x| up to 1e6, reduced by pi/2 in two parts */
#define SINCOS(x, sine, cosine)                                                                                        \
  do {                                                                                                                 \
    double n_ = rint((x)*0.6366197723675814), r_ = ((x)-n_ * 1.5707963267948966) - n_ * 6.123233995736766e-17;        \
    double z_ = r_ * r_;                                                                                               \
    double s_ = ((((1.58969099521155010221e-10 * z_ - 2.50507602534068634195e-08) * z_ + 2.75573137070700676789e-06) * \
                      z_ - 1.98412698298579493134e-04) * z_ + 8.33333333332248946124e-03) * z_ -                       \
                1.66666666666666324348e-01;                                                                            \
    s_ = s_ * (z_ * r_) + r_;                                                                                          \
    double c_ = ((((-1.13596475577881948265e-11 * z_ + 2.08757232129817482790e-09) * z_ -                              \
                   2.75573143513906633035e-07) * z_ + 2.48015872894767294178e-05) * z_ -                               \
                 1.38888888888741095749e-03) * z_ + 4.16666666666666019037e-02;                                        \
    c_ = c_ * (z_ * z_) + (1.0 - 0.5 * z_);                                                                            \
    int64_t q_ = (int64_t)n_;                                                                                          \
    double first_ = q_ & 1 ? c_ : s_, second_ = q_ & 1 ? s_ : c_;                                                      \
    (sine) = q_ & 2 ? -first_ : first_;                                                                                \
    (cosine) = (q_ + 1) & 2 ? -second_ : second_;                                                                      \
  } while (0)

/* log of a normal number, after fdlibm's e_log, without branches */
static inline double log_poly(double x) {
  int64_t u, exponent;
  memcpy(&u, &x, 8);
  u -= 0x3FE6A09E667F3BCD; /* the bits of sqrt(1/2): the rest has its mantissa in [sqrt(1/2), sqrt(2)) */
  exponent = u >> 52;
  u = (u & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD;
  double m, k = (double)exponent;
  memcpy(&m, &u, 8);
  double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z, half = 0.5 * f * f;
  double t1 = w * ((1.531383769920937332e-01 * w + 2.222219843214978396e-01) * w + 3.999999999940941908e-01);
  double t2 = z * (((1.479819860511658591e-01 * w + 1.818357216161805012e-01) * w + 2.857142874366239149e-01) * w +
                   6.666666666666735130e-01);
  return k * 0.6931471805599453 - ((half - s * (half + t1 + t2)) - f);
}

static void number(uint32_t *walker, int block) {
  for (int i = 0; i < L; i++) walker[i] = block * L + i;
}

static void store(const double *theta, double *end, int block, int walkers) {
  for (int i = 0; i < L && block * L + i < walkers; i++) end[block * L + i] = theta[i];
}

/* W1 and W6: x, y (n,), batches of k <= 32, with or without replacement; path NULL or (steps + 1, walkers) */
void thread_cost(double *end, double *path, const double *x, const double *y, int n, int k, int replace, double start,
                 double eta, int walkers, int steps, uint32_t seed) {
#pragma omp parallel for schedule(dynamic)
  for (int block = 0; block < (walkers + L - 1) / L; block++) {
    uint32_t walker[L] ALIGNED, words[4][32][L] ALIGNED;
    int32_t picks[32][L] ALIGNED;
    double theta[L] ALIGNED, g[L] ALIGNED, xs[L] ALIGNED, ys[L] ALIGNED;
    int size = walkers - block * L < L ? walkers - block * L : L;
    number(walker, block);
    for (int i = 0; i < L; i++) theta[i] = start;
    if (path) memcpy(path + block * L, theta, size * sizeof(double));
    for (int step = 0; step < steps; step++) {
      if (step % 4 == 0)
        for (int j = 0; j < k; j++) philox_words(&words[0][0][0] + 4 * j * L, (step / 4) * k + j, walker, 0, seed, L);
      uint32_t(*w)[L] = (uint32_t(*)[L])(&words[0][0][0] + (step % 4) * k * L);
      for (int j = 0; j < k; j++) {
        int m = replace ? n : n - k + j + 1;
        LANES_LOOP picks[j][i] = (int32_t)(((uint64_t)w[j][i] * (uint64_t)m) >> 32);
        if (!replace) {
          int32_t taken[L] ALIGNED = {0};
          for (int h = 0; h < j; h++)
            _Pragma("omp simd") for (int i = 0; i < L; i++) taken[i] |= picks[h][i] == picks[j][i];
          _Pragma("omp simd") for (int i = 0; i < L; i++) picks[j][i] = taken[i] ? m - 1 : picks[j][i];
        }
      }
      memset(g, 0, sizeof g);
      for (int j = 0; j < k; j++) {
        LANES_LOOP xs[i] = x[picks[j][i]], ys[i] = y[picks[j][i]];
        LANES_LOOP {
          double s, c;
          SINCOS(theta[i] * xs[i], s, c);
          g[i] += (s - ys[i]) * xs[i] * c;
        }
      }
      LANES_LOOP theta[i] -= eta * 2.0 / k * g[i];
      if (path) memcpy(path + (size_t)(step + 1) * walkers + block * L, theta, size * sizeof(double));
    }
    store(theta, end, block, walkers);
  }
}

/* W2: theta <- theta - eta (c0 theta + a w sin(w theta) + radius U(-1, 1)) */
void spiky(double *end, double c0, double a, double w, double radius, double start, double eta, int walkers, int steps,
           uint32_t seed) {
#pragma omp parallel for schedule(dynamic)
  for (int block = 0; block < (walkers + L - 1) / L; block++) {
    uint32_t walker[L] ALIGNED, words[4][L] ALIGNED;
    double theta[L] ALIGNED;
    number(walker, block);
    for (int i = 0; i < L; i++) theta[i] = start;
    for (int step = 0; step < steps; step++) {
      if (step % 4 == 0) philox_words(&words[0][0], step / 4, walker, 1, seed, L);
      uint32_t *u = words[step % 4];
      LANES_LOOP {
        double s, c;
        SINCOS(w * theta[i], s, c);
        (void)c;
        theta[i] -= eta * (c0 * theta[i] + a * w * s + radius * (2.0 * uniform(u[i]) - 1.0));
      }
    }
    store(theta, end, block, walkers);
  }
}

/* W3: Styblinski-Tang sums. Blocks of T walkers, so that theta and g (p, T) stay in the first-level cache; table (n, 4):
   coordinate, c1, c2, c3; alias (n, 2); k = 0 is the full batch. sparse: move only the coordinate drawn (k = 1). */
#define T 32
void tang(double *end, const double *table, const double *alias, const double *mean, int p, int n, int k, int sparse,
          double start, double eta, int walkers, int steps, uint32_t seed) {
#pragma omp parallel for schedule(dynamic)
  for (int block = 0; block < (walkers + T - 1) / T; block++) {
    uint32_t walker[T] ALIGNED;
    int64_t rows[T] ALIGNED;
    int per = (k + 3) / 4; /* calls of the generator in a step; k = 1 shares one between four steps */
    double *theta = aligned_alloc(64, (size_t)p * T * sizeof(double));
    double *g = aligned_alloc(64, (size_t)p * T * sizeof(double));
    uint32_t *words = aligned_alloc(64, (size_t)(per + 1) * 4 * T * sizeof(uint32_t));
    for (int i = 0; i < T; i++) walker[i] = block * T + i;
    for (int i = 0; i < p * T; i++) theta[i] = start, g[i] = 0.0;
    for (int step = 0; step < steps; step++) {
      if (k == 0) {
        for (int a = 0; a < p; a++) {
          double c1 = mean[3 * a], c2 = mean[3 * a + 1], c3 = mean[3 * a + 2], *t = theta + a * T;
          TANG_LOOP t[i] -= eta * ((2.0 * c1 * t[i] * t[i] + c2) * t[i] + 0.5 * c3);
        }
        continue;
      }
      if (k > 1 || step % 4 == 0)
        for (int j = 0; j < per; j++)
          philox_words(words + 4 * j * T, (k > 1 ? step : step / 4) * per + j, walker, 0, seed, T);
      for (int j = 0; j < k; j++) {
        const uint32_t *w = words + (k > 1 ? j : step % 4) * T;
        TANG_LOOP { /* picks by the alias method, without a branch: it would be mispredicted half the time */
          uint64_t product = (uint64_t)w[i] * (uint64_t)n;
          int64_t column = product >> 32;
          double fraction = (double)(int64_t)(product & 0xFFFFFFFFu) * 2.3283064365386963e-10;
          double keep = alias[2 * column], other = alias[2 * column + 1];
          rows[i] = fraction < keep ? column : (int64_t)other;
        }
        for (int i = 0; i < T; i++) {
          const double *row = table + 4 * rows[i];
          uint32_t at = (uint32_t)row[0] * T + i;
          double t = theta[at], v = (2.0 * row[1] * t * t + row[2]) * t + 0.5 * row[3];
          if (sparse) theta[at] = t - eta * v;
          else g[at] += v;
        }
      }
      if (!sparse)
        for (int a = 0; a < p; a++) TANG_LOOP theta[a * T + i] -= eta / k * g[a * T + i], g[a * T + i] = 0.0;
    }
    for (int i = 0; i < T && block * T + i < walkers; i++)
      for (int a = 0; a < p; a++) end[(size_t)(block * T + i) * p + a] = theta[a * T + i];
    free(theta), free(g), free(words);
  }
}

/* W5: an escape map. Exit times (cells, walkers), -1 = stayed. A thread takes a span of cells; a lane whose walker has left
   is filled with the next one, of whatever cell. */
#define CHUNK 16
static void escape_span(int64_t *exit_time, const double *etas, const double *sigmas, double h, double tilt, double start,
                        double low, double high, int walkers, uint32_t next, uint32_t last, int steps, uint32_t seed) {
  uint32_t walker[L] ALIGNED, words[4][L] ALIGNED, clock = 0;
  double theta[L] ALIGNED, eta[L] ALIGNED, sigma[L] ALIGNED, z[2][L] ALIGNED;
  int age[L] ALIGNED, busy = 0;
  for (int i = 0; i < L; i++) {
    walker[i] = next < last ? next++ : UINT32_MAX;
    int cell = walker[i] == UINT32_MAX ? 0 : walker[i] / walkers;
    theta[i] = start, age[i] = 0, eta[i] = etas[cell], sigma[i] = sigmas[cell];
    busy += walker[i] != UINT32_MAX;
  }
  for (; busy; clock++) {
    philox_words(&words[0][0], clock, walker, 1, seed, L);
    for (int pair = 0; pair < 2; pair++) {
      uint32_t *u = words[2 * pair], *v = words[2 * pair + 1];
      LANES_LOOP {
        double radius = sqrt(-2.0 * log_poly(uniform(u[i]))), s, c;
        SINCOS(6.283185307179586 * uniform(v[i]), s, c);
        z[0][i] = radius * c, z[1][i] = radius * s;
      }
      for (int half = 0; half < 2; half++)
        for (int chunk = 0; chunk < L; chunk += CHUNK) {
          double *x = theta + chunk;
          int *steps_of = age + chunk, out = 0;
          _Pragma("omp simd reduction(| : out) simdlen(8)") for (int i = 0; i < CHUNK; i++) {
            double t = x[i];
            x[i] = t -= eta[chunk + i] * (4.0 * h * t * (t * t - 1.0) + tilt + sigma[chunk + i] * z[half][chunk + i]);
            steps_of[i]++;
            out |= (t < low) | (t > high) | (steps_of[i] >= steps);
          }
          if (!out) continue;
          for (int i = 0; i < CHUNK; i++) {
            uint32_t *who = walker + chunk + i;
            int left = x[i] < low || x[i] > high;
            if (!left && steps_of[i] < steps) continue;
            if (*who != UINT32_MAX) {
              exit_time[*who] = left ? steps_of[i] : -1;
              *who = next < last ? next++ : UINT32_MAX;
              if (*who == UINT32_MAX) busy--;
              else eta[chunk + i] = etas[*who / walkers], sigma[chunk + i] = sigmas[*who / walkers];
            }
            x[i] = start, steps_of[i] = 0;
          }
        }
    }
  }
}

void escape_map(int64_t *exit_time, const double *eta, const double *sigma, int cells, double h, double tilt, double start,
                double low, double high, int walkers, int steps, uint32_t seed) {
  int span = cells > 64 ? 64 : 1;
#pragma omp parallel for schedule(dynamic)
  for (int cell = 0; cell < cells; cell += span) {
    int last = cell + span < cells ? cell + span : cells;
    escape_span(exit_time, eta, sigma, h, tilt, start, low, high, walkers, (uint32_t)cell * walkers,
                (uint32_t)last * walkers, steps, seed);
  }
}
