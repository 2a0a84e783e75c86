/* Invariants of the constrained mixture (mechanics.md 10.1: 4 to 8, 12, 13) and the coupling rules 7 of the design: two
 * dermal layers, elastin of rest at g_e, sessions, labels. */
#include "mechanics_fixture.h"

#include "mechanics/patch.h"

static const double year = 365.25;

/* A dermis at rest with every field on; papillary and reticular differ. */
static const taut_mixture_rest rest[TAUT_MIX_LAYERS] = {
    {.C3 = .21, .Cn = .004, .Cx = .55, .X = .16, .ev = .02, .em = .80, .H = .9, .P_ev = .02 * .006},
    {.C3 = .12, .Cn = .003, .Cx = .75, .X = .10, .ev = .03, .em = .85, .H = .9, .P_ev = .03 * .006},
};
static const double k_x = 1.0 / 30, k_ea = .005;

static taut_mixture mixture_of(const fixture *f, bool aligned) {
  taut_material material = reference_material(f);
  taut_mixture m;
  assert_ok(f, taut__mixture_create(f->context, &f->p, &material, rest, aligned, &m));
  m.k_s = m.k_p / 3;
  return m;
}

static taut_mixture_state start_of(const taut_mixture *m) {
  taut_mixture_state s;
  taut__mixture_start(m, &s);
  return s;
}

static void at_rest(taut_mixture_input in[TAUT_MIX_LAYERS]) {
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) in[l] = taut__mixture_rest_input(&rest[l], k_x, k_ea, .02, .003, 1.3e-4);
}

/* A step of a made-up treatment, day t: pulse of production and cells, more hyaluronan, a little elastin. */
static void treated(double t, double dt, taut_mixture_input in[TAUT_MIX_LAYERS]) {
  double pulse = t / 14 * exp(1 - t / 14);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    taut_mixture_input *i = &in[l];
    double strength = l == TAUT_MIX_PD ? 2 : 1;
    i->P_3 = .02 * rest[l].C3 + .0005 * pulse * strength;
    i->P_n = (k_x + .003) * rest[l].Cn + .0010 * pulse * strength;
    i->P_ev = rest[l].P_ev * (1 + 2 * pulse);
    i->C3 = (i->C3 + dt * i->P_3) / (1 + dt * .02);
    i->Cn = (i->Cn + dt * i->P_n) / (1 + dt * (k_x + .003));
    i->Cx = (i->Cx + dt * k_x * i->Cn) / (1 + dt * 1.3e-4);
    i->ev = (i->ev + dt * i->P_ev) / (1 + dt * .006);
    i->em = (i->em + dt * k_ea * i->ev) / (1 + dt * k_ea * rest[l].ev / rest[l].em);
    i->H = rest[l].H * (1 + .3 * pulse);
    i->A = .4 * pulse * strength;
    i->A_deposit = .6 * pulse;
  }
}

static taut_mixture_state treat(const fixture *f, const taut_mixture *m, double days, double dt,
                                taut_mixture_input in[TAUT_MIX_LAYERS]) {
  taut_mixture_state s = start_of(m);
  at_rest(in);
  for (double t = dt; t <= days + 1e-9; t += dt) {
    treated(t, dt, in);
    assert_ok(f, taut__mixture_advance(f->context, m, dt, in, &s));
  }
  return s;
}

static void untreated_skin_is_a_fixed_point_for_ten_years(void **state) {
  (void)state;
  fixture f = open_fixture();
  for (int aligned = 0; aligned < 2; aligned++) {
    taut_mixture m = mixture_of(&f, aligned);
    taut_mixture_state s = start_of(&m);
    taut_mixture_input in[TAUT_MIX_LAYERS];
    at_rest(in);
    for (double t = 0, dt = .1; t < 10 * year; t += dt, dt = fmin(20, 1.3 * dt))
      assert_ok(&f, taut__mixture_advance(f.context, &m, dt, in, &s));
    taut_mixture_reading r = taut__mixture_read(&m, &s);
    for (int i = 0; i < 2; i++) {
      check_near("lambda", r.lambda[i], 1, 0, 1e-9);
      check_near("tension", r.tension[i], m.T0[i], 1e-9, 0);
    }
    check_near("thickness", r.h_d, .87, 1e-9, 0);
    for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
      check_near("load of both labels", r.m_M[l] + r.m_N[l], 1, 1e-9, 0);
      assert_true(r.m_N[l] > .2); /* it does turn over */
      check_near("elastin of rest counts as old", r.phi_e[l], 1, 1e-9, 0);
      check_near("no new elastin", r.m_en[l], 0, 0, 1e-9);
      check_near("connectivity", r.connectivity[l], 1, 1e-9, 0);
    }
  }
  close_fixture(&f);
}

static void labels_add_up_to_the_fields(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  taut_mixture_input in[TAUT_MIX_LAYERS];
  taut_mixture_state s = treat(&f, &m, 60, .5, in);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    const taut_mixture_labels *a = &s.layer[l].old, *b = &s.layer[l].fresh;
#define CLOSED(pool) check_near(#pool, a->pool + b->pool, in[l].pool, 1e-14, 0), assert_true(a->pool > 0 && b->pool > 0)
    CLOSED(C3);
    CLOSED(Cn);
    CLOSED(Cx);
    CLOSED(X);
    CLOSED(ev);
    CLOSED(em);
#undef CLOSED
  }
  close_fixture(&f);
}

static void the_instrument_sees_the_tension_of_the_patch(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  for (int days = 0; days <= 120; days += 30) {
    taut_mixture_input in[TAUT_MIX_LAYERS];
    taut_mixture_state s = treat(&f, &m, days, .5, in);
    const double area = s.lambda[0] * s.lambda[1], film[2] = {.015 / area, .055 / area};
    taut_skin_law skin = taut__mixture_law(&m, &s, film);
    assert_ok(&f, taut__skin_law_check(f.context, "skin", &skin));
    check_near("sum of h sigma0", taut__skin_tension(&skin, 0), s.N[0] / s.lambda[0], 1e-10, 0);
    check_near("other axis", taut__skin_tension(&skin, 1), s.N[1] / s.lambda[1], 1e-10, 0);
    taut_mixture_reading r = taut__mixture_read(&m, &s);
    check_near("thickness", skin.layer[TAUT_MECH_PD].h + skin.layer[TAUT_MECH_RD].h, r.h_d, 1e-14, 0);
    check_near("film", skin.layer[TAUT_MECH_SC].h, film[0], 0, 0);
  }
  /* day 0 is the material itself */
  taut_mixture_state s = start_of(&m);
  taut_skin_law skin = taut__mixture_law(&m, &s, (const double[]){.015, .055}), day_0 = taut__material_law(&m.material);
  for (int l = 0; l < TAUT_MECH_LAYERS; l++) {
    assert_int_equal(skin.layer[l].fibres, day_0.layer[l].fibres);
    check_near("h", skin.layer[l].h, day_0.layer[l].h, 1e-14, 0);
    check_near("c0", taut__law_c0(&skin.layer[l]), taut__law_c0(&day_0.layer[l]), 1e-13, 0);
    check_near("sigma0", taut__law_sigma0(&skin.layer[l], 0), taut__law_sigma0(&day_0.layer[l], 0), 1e-13, 1e-13);
  }
  close_fixture(&f);
}

static void surroundings_set_what_contracts_and_what_tightens(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  taut_mixture_input in[TAUT_MIX_LAYERS];
  taut_mixture_state third = treat(&f, &m, 90, 1, in);
  assert_true(third.lambda[0] < 1 && third.N[0] > m.T0[0]); /* laid down tighter than the old: it contracts */
  m.k_s = 0;
  taut_mixture_state loose = treat(&f, &m, 90, 1, in);
  check_near("a free patch keeps its tension", loose.N[0], m.T0[0], 1e-10, 0);
  assert_true(loose.lambda[0] < third.lambda[0]);
  m.k_s = 1e12;
  taut_mixture_state held = treat(&f, &m, 90, 1, in);
  check_near("a held patch keeps its width", held.lambda[0], 1, 0, 1e-10);
  assert_true(held.N[0] > third.N[0]);
  /* collagen laid down without stretch, in place of the old, takes tension away */
  m.k_s = m.k_p / 3;
  m.g_max = 1;
  m.A_h = 1e-12;
  taut_mixture_state s = start_of(&m);
  at_rest(in);
  in[0].A_deposit = in[1].A_deposit = 1;
  for (int n = 0; n < 200; n++) assert_ok(&f, taut__mixture_advance(f.context, &m, 10, in, &s));
  assert_true(s.N[0] < m.T0[0] && s.lambda[0] > 1);
  close_fixture(&f);
}

static void any_step_gives_a_positive_stretch_and_one_root(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  for (int k = 0; k < 9; k++) {
    double dt = pow(10, k - 2), found = 0;
    for (int from = 0; from < 4; from++) {
      taut_mixture_input in[TAUT_MIX_LAYERS];
      taut_mixture_state s = treat(&f, &m, 20, 1, in);
      treated(21, 1, in);
      s.lambda[0] = s.lambda[1] = .7 + .25 * from;
      assert_ok(&f, taut__mixture_advance(f.context, &m, dt, in, &s));
      assert_true(s.lambda[0] > 0 && isfinite(s.lambda[0]));
      if (from) check_near("one root", s.lambda[0], found, 1e-9, 0);
      found = s.lambda[0];
      /* tension grows with stretch */
      double N[2], before = -INFINITY;
      for (double x = .9; x < 1.2; x += .01) {
        taut__mixture_tension(&m, &s, (const double[]){x, x}, N);
        assert_true(N[0] > before);
        before = N[0];
      }
    }
  }
  close_fixture(&f);
}

static void isotropic_skin_stays_so_and_aligned_skin_does_not(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture_input in[TAUT_MIX_LAYERS];
  taut_mixture round = mixture_of(&f, false), long_ = mixture_of(&f, true);
  taut_mixture_state s = treat(&f, &round, 90, 1, in), t = treat(&f, &long_, 90, 1, in);
  assert_true(s.lambda[0] == s.lambda[1] && s.N[0] == s.N[1]);
  assert_true(long_.T0[0] > long_.T0[1]);        /* more tension along the fibres */
  assert_true(t.lambda[0] < t.lambda[1] - 1e-5); /* and more contraction */
  for (int i = 0; i < 2; i++) check_near("equilibrium", t.N[i], long_.T0[i] - long_.k_s * (t.lambda[i] - 1), 1e-10, 0);
  /* fully dispersed fibres: both ways of solving agree */
  f.p.kappa = 1.0 / 3;
  round = mixture_of(&f, false);
  s = treat(&f, &round, 90, 1, in);
  taut_mixture_state two = start_of(&round);
  at_rest(in);
  two.lambda[1] += 1e-9; /* not exactly alike: two unknowns */
  for (int n = 1; n <= 90; n++) {
    treated(n, 1, in);
    two.lambda[1] *= 1 + 1e-12;
    assert_ok(&f, taut__mixture_advance(f.context, &round, 1, in, &two));
  }
  check_near("one unknown or two", two.lambda[0], s.lambda[0], 1e-9, 0);
  check_near("one unknown or two", two.lambda[1], s.lambda[1], 1e-9, 0);
  close_fixture(&f);
}

static void jacobian_of_the_patch_is_its_derivative(void **state) {
  (void)state;
  taut_patch patch = {.families = 4, .active = .3};
  for (int n = 0; n < 4; n++)
    patch.family[n] = (taut_patch_family){.weight = 20 + 30 * n,
                                          .alpha = {.95 - .1 * n, .9 - .08 * n},
                                          .beta = {.03 * n, .05 * n},
                                          .fibre = n % 2,
                                          .k2 = 25,
                                          .H = {.5, .3, .2}};
  const double lambda[2] = {1.03, .99}, step = 1e-6;
  double N[2], J[2][2];
  taut__patch_tension(&patch, lambda, N, J);
  for (int j = 0; j < 2; j++) {
    double up[2], down[2], a[2], b[2];
    memcpy(up, lambda, sizeof up);
    memcpy(down, lambda, sizeof down);
    up[j] += step;
    down[j] -= step;
    taut__patch_tension(&patch, up, a, NULL);
    taut__patch_tension(&patch, down, b, NULL);
    for (int i = 0; i < 2; i++) check_near("dN/dlambda", J[i][j], (a[i] - b[i]) / (2 * step), 1e-7, 0);
  }
}

static void sessions_take_the_same_share_of_both_labels(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  taut_mixture_input in[TAUT_MIX_LAYERS];
  taut_mixture_state before = treat(&f, &m, 30, 1, in), s = before;
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    double cut = .99 - .005 * l, lost = (1 - cut) * (in[l].C3 + in[l].Cn + in[l].Cx);
    in[l].C3 *= cut;
    in[l].Cn *= cut;
    in[l].Cx *= cut;
    in[l].em *= .995;
    in[l].X += .7 * lost;
  }
  assert_ok(&f, taut__mixture_session(f.context, &m, in, &s));
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
    const taut_mixture_labels *a = &before.layer[l].old, *b = &before.layer[l].fresh;
    const taut_mixture_labels *c = &s.layer[l].old, *d = &s.layer[l].fresh;
    double cut = .99 - .005 * l;
    check_near("old", c->Cx, cut * a->Cx, 1e-13, 0);
    check_near("new", d->Cx, cut * b->Cx, 1e-13, 0);
    check_near("elastin", c->em, .995 * a->em, 1e-13, 0);
    double fresh = b->C3 + b->Cn + b->Cx, all = fresh + a->C3 + a->Cn + a->Cx;
    check_near("fragments carry the labels of what broke", d->X - b->X, .7 * (1 - cut) * fresh, 1e-9, 0);
    check_near("and add up", c->X + d->X, in[l].X, 1e-14, 0);
    assert_true(all > 0 && s.layer[l].r_N[0] == before.layer[l].r_N[0]);
  }
  assert_true(s.N[0] < before.N[0]); /* cutting loosens at once */
  close_fixture(&f);
}

static void new_elastin_is_what_exceeds_rest(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  taut_mixture_input in[TAUT_MIX_LAYERS];
  at_rest(in);
  taut_mixture_state s = start_of(&m);
  for (int l = 0; l < TAUT_MIX_LAYERS; l++) in[l].P_ev *= 3;
  double ev = rest[1].ev;
  for (int n = 0; n < 100; n++) {
    for (int l = 0; l < TAUT_MIX_LAYERS; l++) {
      in[l].ev = (in[l].ev + in[l].P_ev) / (1 + .006);
      in[l].em = (in[l].em + k_ea * in[l].ev) / (1 + k_ea * rest[l].ev / rest[l].em);
    }
    assert_ok(&f, taut__mixture_advance(f.context, &m, 1, in, &s));
  }
  taut_mixture_reading r = taut__mixture_read(&m, &s);
  check_near("elastin at g_e stays that of rest", r.phi_e[1], 1, 1e-10, 0);
  check_near("immature of rest", s.layer[1].old.ev, ev, 1e-10, 0);
  check_near("new elastin", r.m_en[1], (.3 * (in[1].ev - ev) + in[1].em - rest[1].em) / rest[1].em, 1e-9, 0);
  check_near("laid down without stretch", s.lambda[0] / s.layer[1].r_en[0], 1, 0, 1e-3);
  /* loss of elastin loosens */
  at_rest(in);
  s = start_of(&m);
  in[0].em *= .95;
  in[1].em *= .95;
  assert_ok(&f, taut__mixture_advance(f.context, &m, 1, in, &s));
  assert_true(s.N[0] < m.T0[0] && s.lambda[0] > 1);
  close_fixture(&f);
}

static void a_failed_step_leaves_the_state_alone(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture m = mixture_of(&f, false);
  taut_mixture_state s = start_of(&m), copy = s;
  taut_mixture_input in[TAUT_MIX_LAYERS];
  at_rest(in);
  in[1].A = NAN;
  assert_int_equal(taut__mixture_advance(f.context, &m, 1, in, &s), TAUT_ERR_NUMERICS);
  assert_memory_equal(&s, &copy, sizeof s);
  taut_mixture_rest empty[TAUT_MIX_LAYERS] = {rest[0], rest[1]};
  empty[0].em = 0;
  assert_int_equal(taut__mixture_create(f.context, &f.p, &m.material, empty, false, &m), TAUT_ERR_INPUT);
  close_fixture(&f);
}

static void connectivity_weakens_only_when_asked(void **state) {
  (void)state;
  fixture f = open_fixture();
  taut_mixture_input in[TAUT_MIX_LAYERS];
  double tension[2];
  for (int on = 0; on < 2; on++) {
    f.p.p_q = on;
    taut_mixture m = mixture_of(&f, false);
    taut_mixture_state s = start_of(&m);
    check_near("no effect at rest", s.N[0], m.T0[0], 1e-14, 0);
    at_rest(in);
    for (int l = 0; l < TAUT_MIX_LAYERS; l++) in[l].X *= 1.5;
    assert_ok(&f, taut__mixture_session(f.context, &m, in, &s));
    tension[on] = s.N[0];
  }
  assert_true(tension[1] < tension[0]);
  close_fixture(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(untreated_skin_is_a_fixed_point_for_ten_years),
      cmocka_unit_test(labels_add_up_to_the_fields),
      cmocka_unit_test(the_instrument_sees_the_tension_of_the_patch),
      cmocka_unit_test(surroundings_set_what_contracts_and_what_tightens),
      cmocka_unit_test(any_step_gives_a_positive_stretch_and_one_root),
      cmocka_unit_test(isotropic_skin_stays_so_and_aligned_skin_does_not),
      cmocka_unit_test(jacobian_of_the_patch_is_its_derivative),
      cmocka_unit_test(sessions_take_the_same_share_of_both_labels),
      cmocka_unit_test(new_elastin_is_what_exceeds_rest),
      cmocka_unit_test(a_failed_step_leaves_the_state_alone),
      cmocka_unit_test(connectivity_weakens_only_when_asked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
