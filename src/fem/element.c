/* Elements: residual, tangent and viscous memory, four elements at a time (compiled once for each instruction set).
 *
 *   f = int B^T (S + p C^-1) + G^T (K M^-1 L - p),   S = (1 + b) S_c + carried,   all integrals weighted with r
 *   K_T = int B^T (dS/dE - 2 p C^-1 (.) C^-1) B + geometric + K G^T M^-1 G
 *   G_i = int psi_i B^T C^-1,  L_i = int psi_i ln J,  M_ij = int psi_i psi_j,  psi = (1, xi, eta)
 *   dp = K M^-1 (L + G du) - p
 * (mechanics.md 1.1, 1.2, 5).  Pressures stay unknowns of their own: with p = K M^-1 L put in directly Newton's method
 * shrinks to tiny steps.  Stresses and strains are in the order rr, zz, tt, rz, shear strain doubled. */
#include "base/vector.h"
#include "fem/kernels.h"

#include <math.h>
#include <string.h>

typedef uint64_t v4n __attribute__((vector_size(32)));

enum { N = TAUT_FEM_NODES, DOF = TAUT_FEM_DOF, EDGE = TAUT_FEM_EDGE };
enum { RR, ZZ, TT, RZ };

#define VECTOR(lanes)       (*(v4 *)(lanes))
#define CONST_VECTOR(lanes) (*(const v4 *)(lanes))

/* Gauss points and weights of order 3. */
static const double gauss[3] = {-0.7745966692414834, 0, 0.7745966692414834};
static const double weight[3] = {5 / 9.0, 8 / 9.0, 5 / 9.0};

/* Quadratic shape functions 0, 1, 2 at -1, 0, 1 and their derivatives. */
static inline double shape(int i, double x) {
  return i == 0 ? 0.5 * x * (x - 1) : i == 1 ? 1 - x * x : 0.5 * x * (x + 1);
}
static inline double slope(int i, double x) {
  return i == 0 ? x - 0.5 : i == 1 ? -2 * x : x + 0.5;
}

/* Derivatives of the nine shape functions at a Gauss point, and N / R. */
typedef struct gradients {
  v4 r[N], z[N], t[N], R, weight;
  double psi[3];
} gradients;

static inline void gradients_at(const taut_fem_batch *e, int point, gradients *g) {
  const double x = gauss[point / 3], y = gauss[point % 3];
  const v4 half = CONST_VECTOR(e->half_r);
  g->R = CONST_VECTOR(e->middle) + half * x;
  g->weight = g->R * half * (e->half_z * weight[point / 3] * weight[point % 3]);
  g->psi[0] = 1;
  g->psi[1] = x;
  g->psi[2] = y;
  const v4 per_r = 1 / half, per_R = 1 / g->R;
  const double per_z = 1 / e->half_z;
  for (int a = 0; a < N; a++) {
    const int i = taut__fem_column[a], j = taut__fem_row[a];
    const v4 zero = {0};
    g->r[a] = per_r * (slope(i, x) * shape(j, y));
    g->z[a] = zero + shape(i, x) * slope(j, y) * per_z;
    g->t[a] = per_R * (shape(i, x) * shape(j, y));
  }
}

/* Deformation gradient, C - I (the exact small differences), C^-1 and J. */
typedef struct kinematics {
  v4 Frr, Frz, Fzr, Fzz, Ftt, C[4], I[4], J;
} kinematics;

static inline void kinematics_at(const taut_fem_batch *e, const gradients *g, kinematics *k) {
  v4 rr = {0}, rz = {0}, zr = {0}, zz = {0}, tt = {0};
  for (int a = 0; a < N; a++) {
    const v4 ur = CONST_VECTOR(e->x[2 * a]), uz = CONST_VECTOR(e->x[2 * a + 1]);
    rr += g->r[a] * ur;
    rz += g->z[a] * ur;
    zr += g->r[a] * uz;
    zz += g->z[a] * uz;
    tt += g->t[a] * ur;
  }
  k->Frr = 1 + rr;
  k->Frz = rz;
  k->Fzr = zr;
  k->Fzz = 1 + zz;
  k->Ftt = 1 + tt;
  k->C[RR] = k->Frr * k->Frr + zr * zr;
  k->C[ZZ] = rz * rz + k->Fzz * k->Fzz;
  k->C[TT] = k->Ftt * k->Ftt;
  k->C[RZ] = k->Frr * rz + zr * k->Fzz;
  const v4 flat = k->Frr * k->Fzz - rz * zr, inverse = 1 / (flat * flat);
  k->J = flat * k->Ftt;
  k->I[RR] = k->C[ZZ] * inverse;
  k->I[ZZ] = k->C[RR] * inverse;
  k->I[TT] = 1 / k->C[TT];
  k->I[RZ] = -(k->C[RZ] * inverse);
}

/* ln of numbers in (0, inf): exponent and atanh series of the mantissa in [sqrt(1/2), sqrt(2)]; error a few 1e-17 times
 * the larger of 1 and |ln|.  Numbers out of range give numbers that are not used. */
static inline void logarithm(const v4 *px, v4 *out) {
  const v4i bits = (v4i)*px;
  const int64_t root_half = 0x3fe6a09e667f3bcdLL;
  /* unsigned, so that numbers out of range wrap instead of overflowing */
  const v4i n = (v4i)((v4n)bits - (uint64_t)root_half) >> 52;
  const v4 m = (v4)((v4n)bits - ((v4n)n << 52));
  const double magic = 0x1.8p52;
  const v4 e = (v4)(n + (v4i)((v4){0} + magic)) - magic;
  const v4 s = (m - 1) / (m + 1), q = s * s;
  v4 p = q * (1 / 21.0) + 1 / 19.0;
  p = p * q + 1 / 17.0;
  p = p * q + 1 / 15.0;
  p = p * q + 1 / 13.0;
  p = p * q + 1 / 11.0;
  p = p * q + 1 / 9.0;
  p = p * q + 1 / 7.0;
  p = p * q + 1 / 5.0;
  p = p * q + 1 / 3.0;
  *out = 2 * (s + s * q * p) + e * 0.6931471805599453;
}

/* S_c = D + sum s(E) H - c0 C^-1, and the fibres' part of dS_c/dE (normal components). */
static inline void stress_at(const taut_fem_law *law, const kinematics *k, v4 S[4], v4 stiff[3][3]) {
  for (int i = 0; i < 3; i++) {
    S[i] = law->D[i] - law->c0 * k->I[i];
    for (int j = 0; j < 3; j++) stiff[i][j] = (v4){0};
  }
  S[RZ] = -law->c0 * k->I[RZ];
  for (int f = 0; f < law->fibres; f++) {
    const double *H = law->fibre[f].H;
    const double k2 = law->fibre[f].k2;
    const v4 zero = {0}, most = zero + 60.0;
    v4 E = H[RR] * k->C[RR] + H[ZZ] * k->C[ZZ] + H[TT] * k->C[TT] - 1;
    const v4i slack = E <= zero;
    E = SELECT(slack, zero, E);
    const v4 square = k2 * E * E;
    const v4i beyond = square > most;
    v4 x = SELECT(beyond, most, square), grown;
    exponential(&x, &grown);
    const v4 pull = 2 * law->fibre[f].k * grown;
    const v4 s = pull * E;
    /* past the clamp s is linear in E; slack fibres have no stiffness */
    const v4 rise = SELECT(beyond, zero, 2 * square) + 1;
    const v4 slope2 = SELECT(slack, zero, 2 * pull * rise);
    for (int i = 0; i < 3; i++) {
      S[i] += s * H[i];
      for (int j = 0; j < 3; j++) stiff[i][j] += slope2 * (H[i] * H[j]);
    }
  }
}

/* Strain operator of every node, for radial and vertical displacement, and moduli dS/dE. */
typedef struct strains {
  v4 r[N][4], z[N][4];
} strains;
typedef struct moduli {
  v4 D[4][4];
} moduli;

/* Sums over the Gauss points of one batch. */
typedef struct sums {
  v4 K[DOF][DOF]; /* lower triangle */
  v4 f[DOF], G[3][DOF], L[3];
} sums;

/* Adds weight B^T D B and the geometric stiffness. */
static inline void add_stiffness(sums *s, const gradients *g, const strains *B, const moduli *m, const v4 S[4]) {
  for (int a = 0; a < N; a++) {
    v4 x[4], y[4];
    for (int i = 0; i < 4; i++) {
      x[i] =
          m->D[i][RR] * B->r[a][RR] + m->D[i][ZZ] * B->r[a][ZZ] + m->D[i][TT] * B->r[a][TT] + m->D[i][RZ] * B->r[a][RZ];
      y[i] = m->D[i][RR] * B->z[a][RR] + m->D[i][ZZ] * B->z[a][ZZ] + m->D[i][RZ] * B->z[a][RZ];
    }
    const v4 tr = S[RR] * g->r[a] + S[RZ] * g->z[a], tz = S[RZ] * g->r[a] + S[ZZ] * g->z[a], tt = S[TT] * g->t[a];
    for (int b = 0; b <= a; b++) {
      const v4 geometric = tr * g->r[b] + tz * g->z[b];
      s->K[2 * a][2 * b] += x[RR] * B->r[b][RR] + x[ZZ] * B->r[b][ZZ] + x[TT] * B->r[b][TT] + x[RZ] * B->r[b][RZ] +
                            (geometric + tt * g->t[b]);
      s->K[2 * a][2 * b + 1] += x[RR] * B->z[b][RR] + x[ZZ] * B->z[b][ZZ] + x[RZ] * B->z[b][RZ];
      s->K[2 * a + 1][2 * b] += y[RR] * B->r[b][RR] + y[ZZ] * B->r[b][ZZ] + y[TT] * B->r[b][TT] + y[RZ] * B->r[b][RZ];
      s->K[2 * a + 1][2 * b + 1] += y[RR] * B->z[b][RR] + y[ZZ] * B->z[b][ZZ] + y[RZ] * B->z[b][RZ] + geometric;
    }
  }
}

static inline void strain_operator(const gradients *g, const kinematics *k, strains *B) {
  for (int a = 0; a < N; a++) {
    B->r[a][RR] = k->Frr * g->r[a];
    B->r[a][ZZ] = k->Frz * g->z[a];
    B->r[a][TT] = k->Ftt * g->t[a];
    B->r[a][RZ] = k->Frr * g->z[a] + k->Frz * g->r[a];
    B->z[a][RR] = k->Fzr * g->r[a];
    B->z[a][ZZ] = k->Fzz * g->z[a];
    B->z[a][TT] = (v4){0};
    B->z[a][RZ] = k->Fzr * g->z[a] + k->Fzz * g->r[a];
  }
}

static inline void add_forces(sums *s, const gradients *g, const strains *B, const v4 S[4], const v4 I[4]) {
  const v4 x = g->weight * g->psi[1], y = g->weight * g->psi[2];
  for (int a = 0; a < N; a++) {
    s->f[2 * a] += S[RR] * B->r[a][RR] + S[ZZ] * B->r[a][ZZ] + S[TT] * B->r[a][TT] + S[RZ] * B->r[a][RZ];
    s->f[2 * a + 1] += S[RR] * B->z[a][RR] + S[ZZ] * B->z[a][ZZ] + S[RZ] * B->z[a][RZ];
    const v4 r = I[RR] * B->r[a][RR] + I[ZZ] * B->r[a][ZZ] + I[TT] * B->r[a][TT] + I[RZ] * B->r[a][RZ];
    const v4 z = I[RR] * B->z[a][RR] + I[ZZ] * B->z[a][ZZ] + I[RZ] * B->z[a][RZ];
    s->G[0][2 * a] += g->weight * r;
    s->G[1][2 * a] += x * r;
    s->G[2][2 * a] += y * r;
    s->G[0][2 * a + 1] += g->weight * z;
    s->G[1][2 * a + 1] += x * z;
    s->G[2][2 * a + 1] += y * z;
  }
}

/* One Gauss point; returns J through *least. */
static inline void add_point(const taut_fem_batch *e, int point, double b, sums *s, v4 *least) {
  gradients g;
  kinematics k;
  strains B;
  moduli t;
  v4 S[4], stiff[3][3], logJ;
  gradients_at(e, point, &g);
  kinematics_at(e, &g, &k);
  const v4i smaller = k.J < *least;
  *least = SELECT(smaller, k.J, *least);
  stress_at(e->law, &k, S, stiff);
  const v4 p =
      CONST_VECTOR(e->x[DOF + 0]) + g.psi[1] * CONST_VECTOR(e->x[DOF + 1]) + g.psi[2] * CONST_VECTOR(e->x[DOF + 2]);
  const v4 w = g.weight, m = 2 * w * ((1 + b) * e->law->c0 - p);
  for (int i = 0; i < 4; i++) S[i] = w * ((1 + b) * S[i] + CONST_VECTOR(e->carried[point][i]) + p * k.I[i]);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++) t.D[i][j] = w * (1 + b) * stiff[i][j];
  t.D[RR][RR] += m * k.I[RR] * k.I[RR];
  t.D[ZZ][ZZ] += m * k.I[ZZ] * k.I[ZZ];
  t.D[TT][TT] += m * k.I[TT] * k.I[TT];
  t.D[RR][ZZ] += m * k.I[RZ] * k.I[RZ];
  t.D[ZZ][RR] = t.D[RR][ZZ];
  t.D[RR][RZ] = t.D[RZ][RR] = m * k.I[RR] * k.I[RZ];
  t.D[ZZ][RZ] = t.D[RZ][ZZ] = m * k.I[ZZ] * k.I[RZ];
  t.D[TT][RZ] = t.D[RZ][TT] = (v4){0};
  t.D[RZ][RZ] = 0.5 * m * (k.I[RR] * k.I[ZZ] + k.I[RZ] * k.I[RZ]);
  strain_operator(&g, &k, &B);
  add_forces(s, &g, &B, S, k.I);
  logarithm(&k.J, &logJ);
  for (int i = 0; i < 3; i++) s->L[i] += w * g.psi[i] * logJ;
  add_stiffness(s, &g, &B, &t, S);
}

/* x = M^-1 y for the pressures' mass matrix: M couples 1 and xi only, by the weight r. */
static inline void mass_inverse(const taut_fem_batch *e, const v4 y[3], v4 x[3]) {
  const v4 half = CONST_VECTOR(e->half_r), middle = CONST_VECTOR(e->middle), area = half * (4 * e->half_z);
  const v4 det = middle * middle - half * half / 3;
  x[0] = (middle * y[0] - half * y[1]) / (area * det);
  x[1] = 3 * (middle * y[1] - half * y[0] / 3) / (area * det);
  x[2] = 3 * y[2] / (area * middle);
}

/* Eliminates the pressures: f += G^T (K M^-1 L - p), K_T += K G^T M^-1 G. */
static inline void eliminate_pressures(taut_fem_batch *e, sums *s) {
  const double K = e->law->K;
  v4 x[3], y[3], gap[3];
  mass_inverse(e, s->L, x);
  for (int i = 0; i < 3; i++) {
    VECTOR(e->pressure_rhs[i]) = x[i];
    gap[i] = K * x[i] - CONST_VECTOR(e->x[DOF + i]);
  }
  for (int a = 0; a < DOF; a++) {
    for (int i = 0; i < 3; i++) y[i] = s->G[i][a];
    mass_inverse(e, y, x);
    for (int i = 0; i < 3; i++) VECTOR(e->pressure_row[i][a]) = x[i];
    s->f[a] += y[0] * gap[0] + y[1] * gap[1] + y[2] * gap[2];
    const v4 k0 = K * x[0], k1 = K * x[1], k2 = K * x[2];
    for (int b = 0; b <= a; b++) s->K[a][b] += k0 * s->G[0][b] + k1 * s->G[1][b] + k2 * s->G[2][b];
  }
}

/* Eliminates the two unknowns of the centre and hands over the rest. */
static inline void eliminate_centre(taut_fem_batch *e, const sums *s, taut_lanes *tangent, taut_lanes *residual) {
  const v4 *r = s->K[EDGE], *z = s->K[EDGE + 1];
  const v4 det = 1 / (r[EDGE] * z[EDGE + 1] - z[EDGE] * z[EDGE]);
  const v4 a = z[EDGE + 1] * det, b = -z[EDGE] * det, c = r[EDGE] * det;
  for (int i = 0; i < EDGE; i++) {
    VECTOR(e->centre_row[0][i]) = a * r[i] + b * z[i];
    VECTOR(e->centre_row[1][i]) = b * r[i] + c * z[i];
  }
  const v4 f0 = a * s->f[EDGE] + b * s->f[EDGE + 1], f1 = b * s->f[EDGE] + c * s->f[EDGE + 1];
  VECTOR(e->centre_rhs[0]) = f0;
  VECTOR(e->centre_rhs[1]) = f1;
  for (int i = 0, at = 0; i < EDGE; i++) {
    VECTOR(residual[i]) = s->f[i] - r[i] * f0 - z[i] * f1;
    for (int j = 0; j <= i; j++, at++)
      VECTOR(tangent[at]) =
          s->K[i][j] - r[i] * CONST_VECTOR(e->centre_row[0][j]) - z[i] * CONST_VECTOR(e->centre_row[1][j]);
  }
}

static double gather_sums(taut_fem_batch *e, double b, sums *s) {
  memset(s, 0, sizeof *s);
  v4 least = {INFINITY, INFINITY, INFINITY, INFINITY};
  for (int point = 0; point < TAUT_FEM_POINTS; point++) add_point(e, point, b, s, &least);
  eliminate_pressures(e, s);
  return fmin(fmin(least[0], least[1]), fmin(least[2], least[3]));
}

static double assemble(taut_fem_batch *e, double b, taut_lanes *tangent, taut_lanes *residual) {
  sums s;
  const double least = gather_sums(e, b, &s);
  eliminate_centre(e, &s, tangent, residual);
  return least;
}

static double assemble_whole(taut_fem_batch *e, double b, taut_lanes *tangent, taut_lanes *residual) {
  sums s;
  const double least = gather_sums(e, b, &s);
  for (int i = 0, at = 0; i < DOF; i++) {
    VECTOR(residual[i]) = s.f[i];
    for (int j = 0; j <= i; j++, at++) VECTOR(tangent[at]) = s.K[i][j];
  }
  return least;
}

static double complete(const taut_fem_batch *e, taut_lanes *d) {
  double most = 0;
  for (int c = 0; c < 2; c++) {
    v4 x = -CONST_VECTOR(e->centre_rhs[c]);
    for (int i = 0; i < EDGE; i++) x -= CONST_VECTOR(e->centre_row[c][i]) * CONST_VECTOR(d[i]);
    VECTOR(d[EDGE + c]) = x;
    for (int lane = 0; lane < TAUT_FEM_LANES; lane++) most = fmax(most, fabs(x[lane]));
  }
  for (int i = 0; i < 3; i++) {
    v4 x = CONST_VECTOR(e->pressure_rhs[i]);
    for (int a = 0; a < DOF; a++) x += CONST_VECTOR(e->pressure_row[i][a]) * CONST_VECTOR(d[a]);
    VECTOR(d[DOF + i]) = e->law->K * x - CONST_VECTOR(e->x[DOF + i]);
  }
  return most;
}

static void move(taut_fem_batch *e, taut_lanes *d, double scale) {
  for (int i = 0; i < TAUT_FEM_STATE; i++) VECTOR(e->x[i]) += scale * CONST_VECTOR(d[i]);
}

static void carry(taut_fem_batch *e, int n, const double *decay, const double *gain) {
  double total = 0;
  for (int k = 0; k < n; k++) total += gain[k];
  for (int point = 0; point < TAUT_FEM_POINTS; point++)
    for (int i = 0; i < TAUT_FEM_STRESS; i++) {
      v4 x = -total * CONST_VECTOR(e->s[point][i]);
      for (int k = 0; k < n; k++) x += decay[k] * CONST_VECTOR(e->q[k][point][i]);
      VECTOR(e->carried[point][i]) = x;
    }
}

static void accept(taut_fem_batch *e, int n, const double *decay, const double *gain) {
  for (int point = 0; point < TAUT_FEM_POINTS; point++) {
    gradients g;
    kinematics k;
    v4 S[4], stiff[3][3];
    gradients_at(e, point, &g);
    kinematics_at(e, &g, &k);
    stress_at(e->law, &k, S, stiff);
    for (int i = 0; i < TAUT_FEM_STRESS; i++) {
      const v4 change = S[i] - CONST_VECTOR(e->s[point][i]);
      for (int m = 0; m < n; m++) {
        v4 *q = &VECTOR(e->q[m][point][i]);
        *q = decay[m] * *q + gain[m] * change;
      }
      VECTOR(e->s[point][i]) = S[i];
    }
  }
}

const taut_fem_kernels TAUT_KERNEL(fem_kernels) = {
    assemble, assemble_whole, complete, move, carry, accept, TAUT_KERNEL(ldl_factor), TAUT_KERNEL(ldl_substitute)};
