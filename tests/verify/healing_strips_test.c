/* Strip functions of healing: they say what the document says, give P, L >= 0 everywhere, claim layered losses rightly,
 * agree between instruction sets and are free of hidden units. */
#include "healing_fixture.h"

#include "param/table.h"
#include "param/units.h"

static taut_context *context;
static taut_healing_params params;

static int setup(void **state) {
  (void)state;
  context = new_context();
  params = default_params(context);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  taut_context_destroy(&context);
  return 0;
}

static double draw(uint64_t seed, const char *what, uint64_t index) {
  return taut__uniform(seed, taut__stream(what), index);
}

/* A state far from rest: each field between 0 and several times what a wound reaches. */
static point wild_point(uint64_t seed) {
  point x = {.m = draw(seed, "m", 0)};
  static const double size[TAUT_H_FIELDS] = {
      [TAUT_H_c] = 2,    [TAUT_H_T] = 5,    [TAUT_H_T3] = 2,  [TAUT_H_P] = 10,  [TAUT_H_V] = 1,   [TAUT_H_N] = 2,
      [TAUT_H_M1] = 1,   [TAUT_H_M2] = 1.5, [TAUT_H_F] = 4,   [TAUT_H_A] = 1,   [TAUT_H_B] = 3,   [TAUT_H_K] = 1,
      [TAUT_H_fb] = 1,   [TAUT_H_q] = 1,    [TAUT_H_D] = 1,   [TAUT_H_Lt] = 20, [TAUT_H_w1] = 1,  [TAUT_H_w2] = 1,
      [TAUT_H_S] = 200,  [TAUT_H_Cp] = .05, [TAUT_H_C3] = .4, [TAUT_H_Cn] = .6, [TAUT_H_Cx] = .8, [TAUT_H_X] = .2,
      [TAUT_H_ev] = .01, [TAUT_H_em] = 1,   [TAUT_H_H] = 2,   [TAUT_H_E] = 8,   [TAUT_H_I] = 3,   [TAUT_H_bar] = 1};
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    double r = draw(seed, "u", (uint64_t)f);
    x.u[f] = r < 0.1 ? 0 : size[f] * r;
    x.source[f] = draw(seed, "source", (uint64_t)f);
  }
  return x;
}

/* ---- the table of the document, word by word, with its own auxiliary functions ---- */

static double max(double a, double b) {
  return a > b ? a : b;
}
static double min(double a, double b) {
  return a < b ? a : b;
}

typedef struct document {
  double P[TAUT_H_FIELDS], L[TAUT_H_FIELDS];
} document;

static document document_of(const taut_healing *h, const double *drive, int layer, const point *at) {
  const taut_healing_params *p = &h->p;
  const taut_layer_constants *l = &h->layer[layer];
  point x = *at;
  for (int f = 0; f < TAUT_H_FIELDS; f++)
    if (!lives(h, f, layer)) x.u[f] = 0;
#define V(name) const double name = x.u[TAUT_H_##name]
  V(c);
  V(T);
  V(T3);
  V(V);
  V(N);
  V(M1);
  V(M2);
  V(F);
  V(A);
  V(B);
  V(K);
  V(fb);
  V(q);
  V(D);
  V(Lt);
  V(w1);
  V(w2);
  V(S);
  V(Cp);
  V(C3);
  V(Cn);
  V(Cx);
  V(X);
  V(ev);
  V(E);
  V(I);
#undef V
  const double pdgf = x.u[TAUT_H_P], m = x.m, Mt = M1 + M2, Ft = F + A, below = layer > 0;
  const double hill = c / (p->K_c + c), hTb = p->T_b / (p->K_T + p->T_b), hT = T / (p->K_T + T);
  const double st = max(0, hT - hTb) / (1 - hTb);
  const double hA =
      max(0, pow(T, 2) / (pow(p->K_A, 2) + pow(T, 2)) - pow(p->T_b, 2) / (pow(p->K_A, 2) + pow(p->T_b, 2)));
  const double hV = V / (p->K_V + V), hVb = p->V_b / (p->K_V + p->V_b), beta = (p->be0 + B) / (p->be0 + 1);
  const double k12 = p->k0 * (0.2 + 0.8 / (1 + pow(c / p->c12, 2)));
  const double ka = p->k_a0 + p->k_aM * Mt + p->k_aA * m * A + p->k_af * fb;
  const double dif = m * p->k_FA * hA / (1 + T3 / p->K_3), rev = p->k_r / (1 + T / p->T_r);
  const double e = max(0, E / h->E_r - 1), Ef = 1 + p->eE * e, Ex = 1 + p->eX * e;
  const double in = C3 + Cn + Cx, tot = in + X, qa = (in + p->epsC * p->q_y) / (tot + p->epsC);
  const double mu = min(max(1 - 0.5 * (p->q_y - qa) / (p->q_y - p->q_o), 0), 1.2);
  const double cap = max(0, 1 - tot / l->Cmax) / (1 - l->Ct_r / l->Cmax);
  const double s3 = l->s3r + (max(p->s3w, l->s3r) - l->s3r) * st;
  const double Lt_r = layer > 0 ? p->L_r : 0, tonT = p->d_T * p->T_b - p->k_a0 * Lt_r;
  const double s_K = p->v_K / (2 * p->w_K) * h->f_K * drive[TAUT_DRIVE_SK], f_E = h->f_E * drive[TAUT_DRIVE_FE];
  const double b_F = p->b_F * p->drive_gain, w_A = p->w_A * p->drive_gain, k_q = p->k_q;
  document d = {{0}, {0}};
#define ROW(name, production, loss) d.P[TAUT_H_##name] = (production), d.L[TAUT_H_##name] = (loss);
  ROW(q, 0, k_q)
  ROW(fb, 0, p->k_f * (p->l0 + min(2, Mt)))
  ROW(D, 0, p->k_D + p->k_DM * Mt + p->k_DN * N)
  ROW(w1, p->k_v * hill, p->k_v)
  ROW(w2, p->k_w * w1, p->k_w)
  ROW(N, h->f_N * p->s_N * w1 * beta, p->d_N + p->k_NM * Mt)
  ROW(M1, h->f_M * p->s_M * w2 * beta, k12 + p->d_M)
  ROW(M2, k12 * M1, p->d_M)
  ROW(c, p->k_c * (p->a_D * D / (p->K_D + D) + p->a_N * N + p->a_M * M1), p->k_c)
  ROW(Lt, p->lamL * p->a_q * k_q * q + below * (p->k_a0 + p->d_L) * p->L_r * (1 + p->b_LA * A) + x.source[TAUT_H_Lt],
      ka + p->d_L)
  ROW(T, ka * Lt + (1 - p->lamL) * p->a_q * k_q * q + p->p_M * (M2 + 0.3 * M1) + p->p_A * A + tonT + x.source[TAUT_H_T],
      p->d_T)
  ROW(T3, p->p3M * M2 + p->p3F * F * pdgf / (p->K_P + pdgf), p->d_T)
  ROW(P, p->b_q * k_q * q + p->b_M * Mt + p->b_A * A + x.source[TAUT_H_P], p->d_P)
  ROW(V, p->v_M * Mt + below * p->v_h * max(0, 1 - B) + p->d_V * p->V_b + x.source[TAUT_H_V], p->d_V)
  ROW(F, p->d_F + p->g_F * pdgf / (p->K_P + pdgf) * F * max(0, 1 - Ft / p->F_max) + rev * A, p->d_F + dif)
  ROW(A, dif * F, p->d_A + rev)
  ROW(B, p->d_B + p->k_B * max(0, hV - hVb) * (p->B0 + B) * max(0, 1 - B / p->B_max), p->d_B)
  ROW(K, s_K * K, s_K * K)
  ROW(bar, p->k_bar * h->f_b * K, p->k_bar * h->f_b)
  ROW(E, p->d_E * h->E_r + f_E * (p->e_N * N + p->e_M * M1 + p->e_F * hill * Ft),
      p->d_E * (1 - p->w_I + p->w_I * I / h->I_r))
  ROW(I, p->d_I * h->I_r * (1 + p->i_T * st), p->d_I)
  ROW(S, p->k_s * l->Y * drive[TAUT_DRIVE_YM] * mu * cap * (F * (1 + b_F * st) + w_A * A), p->k_s)
  ROW(Cp, l->r_c * S, p->k_p)
  ROW(C3, p->k_p * s3 * Cp, Ef * (l->d3 + max(0, p->d_3n - l->d3) * max(0, C3 > 0 ? 1 - l->C3_r / C3 : 0)))
  ROW(Cn, p->k_p * (1 - s3) * Cp, p->k_x + p->d_n * Ef)
  ROW(Cx, p->k_x * Cn, l->dx * Ex)
  ROW(X, p->f_X * (l->dx * Ex * Cx + p->d_n * Ef * Cn), l->kX * E / h->E_r + p->k_XM * Mt)
  ROW(ev, l->r_e * (F * (1 + p->b_e * st) + p->w_Ae * A), p->k_ea + p->d_ev)
  ROW(em, p->k_ea * ev, p->d_em + p->a_eN * N + p->a_eE * e)
  ROW(H, p->d_H * l->H_r * (1 + (p->b_H * st + p->b_Hc * hill) * 1.5 * Ft / (0.5 + Ft)) * min(1, Ft), p->d_H)
#undef ROW
  return d;
}

static void assert_rate(const char *what, const char *field, int layer, double found, double expected) {
  double scale = fmax(fabs(expected), 1e-12);
  if (!(fabs(found - expected) <= 1e-11 * scale))
    fail_msg("%s of %s in layer %d: %.15g, the document gives %.15g", what, field, layer, found, expected);
}

static void every_strip_is_the_table_of_the_document(void **state) {
  (void)state;
  taut_profile who = person_of(47);
  who.smoking = 0.5, who.photo = 1, who.cortisol = 0.4, who.oestrogen = 0.3, who.phototype = 4;
  params.drive_gain = 0.83;
  taut_healing *h = new_healing(context, &params, who);
  const double drive[TAUT_DRIVES] = {1.3, 1.2, 0.8};
  taut_strip_fn *const *tables[] = {taut__healing_strips_base, h->set.strip};
  for (uint64_t seed = 0; seed < 2000; seed++) {
    point x = wild_point(seed);
    int layer = (int)(seed % TAUT_LAYERS);
    document d = document_of(h, drive, layer, &x);
    for (int f = 0; f < TAUT_H_FIELDS; f++)
      for (int table = 0; lives(h, f, layer) && table < 2; table++) {
        double P, L;
        rates(h, tables[table], drive, (taut_layer)layer, &x, f, &P, &L);
        assert_rate("production", h->set.field[f].name, layer, P, d.P[f]);
        assert_rate("loss", h->set.field[f].name, layer, L, d.L[f]);
      }
  }
  taut__healing_destroy(&h);
}

/* Parameters somewhere in the prior box; corner: each at one end of its prior. */
static taut_healing_params drawn_params(uint64_t seed, bool corner) {
  taut_healing_params p = default_params(context);
  for (int i = 0; i < taut__healing_table.rows; i++) {
    const taut_param *row = &taut__healing_table.row[i];
    double low, high, r = draw(seed, row->name, 1);
    if (corner) r = r < 0.5 ? 0 : 1;
    if (!taut__prior_range(&row->prior, &low, &high)) continue;
    double x = row->prior.kind == TAUT_PRIOR_LOGUNIFORM ? low * pow(high / low, r) : low + (high - low) * r;
    double factor;
    assert_int_equal(taut__unit_factor(context, row->name, row->unit, &factor, NULL), TAUT_OK);
    *(double *)(void *)((char *)&p + row->offset) = x * factor;
  }
  return p;
}

static void production_and_loss_are_finite_and_not_negative_over_the_prior_box(void **state) {
  (void)state;
  int made = 0, refused = 0;
  for (uint64_t seed = 0; seed < 3000; seed++) {
    taut_healing_params p = drawn_params(seed, seed % 2 == 0);
    taut_profile who = person_of(18 + 62 * draw(seed, "age", 0));
    who.smoking = draw(seed, "smoking", 0);
    taut_healing *h;
    if (taut__healing_create(context, &p, &who, &h)) {
      refused++;
      continue;
    }
    made++;
    const double drive[TAUT_DRIVES] = {1.35, 1.2, 0.8};
    for (int k = 0; k < 3; k++) {
      point x = wild_point(7 * seed + (uint64_t)k);
      if (k == 2) memset(x.u, 0, sizeof x.u);
      for (int layer = 0; layer < TAUT_LAYERS; layer++)
        for (int f = 0; f < TAUT_H_FIELDS; f++) {
          double P, L;
          if (!lives(h, f, layer)) continue;
          rates(h, h->set.strip, drive, (taut_layer)layer, &x, f, &P, &L);
          if (!(P >= 0 && isfinite(P) && L >= 0 && isfinite(L)))
            fail_msg("draw %d, %s in layer %d: P %g, L %g", (int)seed, h->set.field[f].name, layer, P, L);
        }
    }
    for (int layer = 0; layer < TAUT_LAYERS; layer++) {
      point x = rest_point(h, layer);
      for (int f = 0; f < TAUT_H_FIELDS; f++) {
        double P, L;
        if (!lives(h, f, layer)) continue;
        rates(h, h->set.strip, h->set.drive_default, (taut_layer)layer, &x, f, &P, &L);
        if (!(fabs(P - L * x.u[f]) < 1e-12)) fail_msg("draw %d: %s is not at rest", (int)seed, h->set.field[f].name);
      }
    }
    taut__healing_destroy(&h);
  }
  assert_true(made > 500); /* the priors of T_b, L_r and k_a0 reach far beyond a rest state of TGF-beta1 */
  print_message("# %d draws made, %d without a rest state\n", made, refused);
}

static void layered_losses_are_claimed_rightly(void **state) {
  (void)state;
  taut_healing *h = new_healing(context, &params, person_of(40));
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    bool varies = false;
    for (int layer = 0; layer < TAUT_LAYERS; layer++) {
      double first = NAN;
      for (uint64_t seed = 0; lives(h, f, layer) && seed < 50; seed++) {
        point x = wild_point(seed);
        double P, L;
        rates(h, h->set.strip, h->set.drive_default, (taut_layer)layer, &x, f, &P, &L);
        if (isnan(first)) first = L;
        varies = varies || L != first;
      }
    }
    if (varies == h->set.field[f].layered_loss)
      fail_msg("%s: the loss %s, the row says otherwise", h->set.field[f].name,
               varies ? "varies" : "is constant in a layer");
  }
  taut__healing_destroy(&h);
}

static void instruction_sets_agree(void **state) {
  (void)state;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) skip();
  enum { POINTS = 37 }; /* no multiple of a vector: the remainder loops count too */
  taut_healing *h = new_healing(context, &params, person_of(33));
  double *u[TAUT_H_FIELDS], *source[TAUT_H_FIELDS], gate[POINTS], out[2][2][POINTS];
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    u[f] = taut__alloc_doubles(POINTS);
    source[f] = taut__alloc_doubles(POINTS);
  }
  for (int i = 0; i < POINTS; i++) {
    point x = wild_point((uint64_t)i);
    gate[i] = x.m;
    for (int f = 0; f < TAUT_H_FIELDS; f++) u[f][i] = x.u[f], source[f][i] = x.source[f];
  }
  taut_strip_fn *const *tables[] = {taut__healing_strips_base, taut__healing_strips_v3};
  const taut_strip s = {
      POINTS, TAUT_RETICULAR, (const double *const *)u, gate, (const double *const *)source, h->set.drive_default, h};
  for (int f = 0; f < TAUT_H_FIELDS; f++) {
    for (int k = 0; k < 2; k++) tables[k][f](&s, out[k][0], out[k][1]);
    for (int i = 0; i < POINTS; i++)
      for (int k = 0; k < 2; k++) {
        double a = out[0][k][i], b = out[1][k][i];
        if (!(fabs(a - b) <= 1e-13 * fabs(a))) fail_msg("%s: %.17g and %.17g", h->set.field[f].name, a, b);
      }
  }
  taut__healing_gate_base(&s, out[0][0]);
  taut__healing_gate_v3(&s, out[1][0]);
  for (int i = 0; i < POINTS; i++) assert_true(fabs(out[0][0][i] - out[1][0][i]) <= 1e-15);
  for (int f = 0; f < TAUT_H_FIELDS; f++) free(u[f]), free(source[f]);
  taut__healing_destroy(&h);
#else
  skip();
#endif
}

/* Exponents of day and pg (with mm3) in the units that occur. */
static double rescaled(const char *unit, double day, double pg) {
  static const struct {
    const char *unit;
    int day, pg;
  } known[] = {{"1", 0, 0},
               {"mm", 0, 0},
               {"cell/mm^3", 0, 0},
               {"1000 cell/mm^3", 0, 0},
               {"3000 cell/mm^3", 0, 0},
               {"day", 1, 0},
               {"1/day", -1, 0},
               {"1/year", -1, 0},
               {"mm/day", -1, 0},
               {"mm^2/day", -1, 0},
               {"mm^5/pg/day", -1, -1},
               {"pg/mm^3", 0, 1},
               {"pg/mm^3/day", -1, 1}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(unit, known[i].unit) == 0) return pow(day, known[i].day) * pow(pg, known[i].pg);
  fail_msg("unit %s is not known to this test", unit);
  return NAN;
}

/* Seconds for days and attograms for picograms: every rate must follow its own unit, or a number with a unit hides in the
 * code.  At age 20, since years enter the age initialiser by definition. */
static void rates_are_dimensionally_homogeneous(void **state) {
  (void)state;
  const double day = 86400.7, pg = 1e6 / 7;
  taut_healing_params other = params;
  for (int i = 0; i < taut__healing_table.rows; i++) {
    const taut_param *row = &taut__healing_table.row[i];
    *(double *)(void *)((char *)&other + row->offset) *= rescaled(row->unit, day, pg);
  }
  taut_healing *h = new_healing(context, &params, person_of(20)), *g = new_healing(context, &other, person_of(20));
  for (uint64_t seed = 0; seed < 100; seed++) {
    int layer = (int)(seed % TAUT_LAYERS);
    point x = wild_point(seed), y = x;
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      double factor = rescaled(h->set.field[f].unit, day, pg);
      y.u[f] *= factor;
      y.source[f] *= factor / day;
    }
    for (int f = 0; f < TAUT_H_FIELDS; f++) {
      double P, L, P2, L2, factor = rescaled(h->set.field[f].unit, day, pg);
      if (!lives(h, f, layer)) continue;
      rates(h, h->set.strip, h->set.drive_default, (taut_layer)layer, &x, f, &P, &L);
      rates(g, g->set.strip, g->set.drive_default, (taut_layer)layer, &y, f, &P2, &L2);
      assert_rate("production", h->set.field[f].name, layer, P2 * day / factor, P);
      assert_rate("loss", h->set.field[f].name, layer, L2 * day, L);
    }
  }
  taut__healing_destroy(&h);
  taut__healing_destroy(&g);
}

static void gate_opens_where_matrix_is_lost(void **state) {
  (void)state;
  taut_profile who = person_of(40);
  who.tension = 1.4;
  taut_healing *h = new_healing(context, &params, who);
  for (int layer = 0; layer < TAUT_LAYERS; layer++) {
    point x = rest_point(h, layer);
    const double *u[TAUT_H_FIELDS];
    double phi;
    for (int f = 0; f < TAUT_H_FIELDS; f++) u[f] = &x.u[f];
    const taut_strip s = {1, (taut_layer)layer, u, &x.m, NULL, h->set.drive_default, h};
    h->set.gate_local(&s, &phi);
    assert_true(fabs(phi) < 1e-15);
    x.u[TAUT_H_C3] *= 0.6, x.u[TAUT_H_Cn] *= 0.6, x.u[TAUT_H_Cx] *= 0.6;
    h->set.gate_local(&s, &phi);
    bool dermis = layer == TAUT_PAPILLARY || layer == TAUT_RETICULAR;
    assert_true(dermis ? fabs(phi - 0.4) < 1e-14 : phi == 0);
    assert_true(((h->set.gate_layers & TAUT_IN(layer)) != 0) == dermis);
  }
  assert_close("closed", h->set.gate_close(h, TAUT_PAPILLARY, 0), 1.4 * 0.3, 1e-14);
  assert_close("half open", h->set.gate_close(h, TAUT_RETICULAR, 0.05), 1.4 * (0.3 + 0.7 * (1 - exp(-0.2))), 1e-14);
  assert_true(h->set.gate_close(h, TAUT_RETICULAR, 1) == 1);
  taut__healing_destroy(&h);
}

/* Without arguments the quick tests, with "slow" those that take long. */
int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(every_strip_is_the_table_of_the_document),
      TEST(layered_losses_are_claimed_rightly),
      TEST(instruction_sets_agree),
      TEST(rates_are_dimensionally_homogeneous),
      TEST(gate_opens_where_matrix_is_lost),
  };
  const struct CMUnitTest slow[] = {
      TEST(production_and_loss_are_finite_and_not_negative_over_the_prior_box),
  };
  if (argc > 1 && strcmp(argv[1], "slow") == 0) return cmocka_run_group_tests(slow, NULL, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
