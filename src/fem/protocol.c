/* Time points, pressure and readings of a suction protocol. */
#include "fem/suction.h"

#include <math.h>

enum { RAMP = 5, EARLY = 3, LATE = 9, HALF = RAMP + EARLY + LATE };
/** Where the immediate response is read, s after the start of suction or release. */
static const double immediate = 0.1;

taut_suction_protocol taut__suction_protocol(void) {
  return (taut_suction_protocol){.pressure = 45, .ramp = 0.03, .on = 2, .off = 2, .cycles = 1, .refine = 1};
}

int taut__suction_points(const taut_suction_protocol *p) {
  return 2 * HALF * p->refine * p->cycles;
}

/* Time points of half a cycle that starts at `from` and lasts `duration`; the last is exact. */
static void half_cycle(const taut_suction_protocol *p, double from, double duration, double *time) {
  const int ramp = RAMP * p->refine, early = EARLY * p->refine, late = LATE * p->refine;
  for (int i = 1; i <= ramp; i++) *time++ = from + p->ramp * i / ramp;
  for (int i = 1; i <= early; i++) *time++ = from + p->ramp + (immediate - p->ramp) * i / early;
  for (int i = 1; i < late; i++) *time++ = from + immediate * pow(duration / immediate, (double)i / late);
  *time = from + duration;
}

void taut__suction_schedule(const taut_suction_protocol *p, double *time, double *pressure) {
  const int half = HALF * p->refine, ramp = RAMP * p->refine;
  time[0] = pressure[0] = 0;
  for (int h = 0; h < 2 * p->cycles; h++) {
    const double from = h / 2 * (p->on + p->off) + (h % 2 ? p->on : 0);
    double *t = time + 1 + h * half, *P = pressure + 1 + h * half;
    half_cycle(p, from, h % 2 ? p->off : p->on, t);
    for (int i = 0; i < half; i++) {
      const double risen = i < ramp ? (double)(i + 1) / ramp : 1;
      P[i] = p->pressure * (h % 2 ? 1 - risen : risen);
    }
  }
}

/* Area below u over the points first..last. */
static double area(const double *t, const double *u, int first, int last) {
  double sum = 0;
  for (int i = first; i < last; i++) sum += 0.5 * (t[i + 1] - t[i]) * (u[i + 1] + u[i]);
  return sum;
}

taut_suction_reading taut__suction_read(const taut_suction_protocol *p, const double *time, const double *u) {
  const int half = HALF * p->refine, early = (RAMP + EARLY) * p->refine, last = 2 * half * (p->cycles - 1);
  taut_suction_reading r = {.Ue = u[early], .Uf = u[half]};
  r.Ur = r.Uf - u[half + early];
  r.Ua = r.Uf - u[2 * half];
  r.Uv = r.Uf - r.Ue;
  r.R[0] = r.Uf;
  r.R[1] = r.Uf - r.Ua;
  r.R[2] = r.Ua / r.Uf;
  r.R[3] = u[last + half];
  r.R[4] = u[last + 2 * half];
  r.R[5] = r.Ur / r.Ue;
  r.R[6] = r.Uv / r.Ue;
  r.R[7] = r.Ur / r.Uf;
  r.R[8] = r.Ua;
  r.R[9] = r.R[3] - r.R[0];
  if (!(r.Uf > 0)) r.R[2] = r.R[7] = NAN;
  if (!(r.Ue > 0)) r.R[5] = r.R[6] = NAN;
  r.F[0] = r.Uf * p->on - area(time, u, 0, half);
  r.F[1] = area(time, u, half, 2 * half);
  r.F[2] = r.R[3] * p->on - area(time, u, last, last + half);
  r.F[3] = r.F[4] = p->cycles > 1 ? 0 : NAN;
  for (int c = 0; c + 1 < p->cycles; c++) {
    const double *now = u + 2 * half * c, *next = now + 2 * half;
    r.F[3] += 0.5 * (p->on + p->off) * (now[half] + next[half]);
    r.F[4] += 0.5 * (p->on + p->off) * (now[2 * half] + next[2 * half]);
  }
  return r;
}
