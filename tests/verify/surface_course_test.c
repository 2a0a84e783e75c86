/* The surface course over sessions and records of inflammation: share of the peak, exact swelling, superposition, and a
 * real healing run. */
#include "surface_fixture.h"

#include "course/course.h"

/* -------------------------------------------------------------------------------------------- inflammation records ---- */

enum { SAMPLES = 2001 };

/** A record of `days` that rises and falls like the fall-back curve, on a coarse or fine set of days. */
static taut_surface_record curve_record(const taut_surface_params *p, double days, int n, double *day, double *infl) {
  day[0] = infl[0] = 0;
  for (int k = 1; k < n; k++) {
    double share = (k - 1.0) / (n - 2);
    day[k] = days * share * share;
    infl[k] = .05 * pow(taut__inflammation_curve(p, day[k]), 1 / p->p_i);
  }
  return (taut_surface_record){n, day, infl};
}

/** Where the record is the fall-back curve, everything is as without a record: the size of `infl` does not matter. */
static void a_record_drives_redness_by_its_share_of_the_peak(void **state) {
  (void)state;
  static double day[SAMPLES], infl[SAMPLES];
  surface_case s = open_standard();
  taut_surface_record record = curve_record(s.p, 30, SAMPLES, day, infl);
  taut_surface *with = surface_of(&s, &s.session, 1, &record), *without = surface_of(&s, &s.session, 1, NULL);
  for (double t = .01; t < 20; t *= 1.1) {
    check_near("redness", value_at(with, t).erythema, value_at(without, t).erythema, 2e-4, 1e-5);
    check_near("swelling", value_at(with, t).oedema, value_at(without, t).oedema, 2e-4, 1e-6);
  }
  check_near("downtime", taut__surface_outcome(with, 0)->downtime, taut__surface_outcome(without, 0)->downtime, 1e-3,
             0);
  assert_true(!taut__surface_outcome(with, 0)->from_curve);
  taut__surface_destroy(&with);
  for (int k = 0; k < SAMPLES; k++) infl[k] *= 7;
  with = surface_of(&s, &s.session, 1, &record);
  check_near("scaled", value_at(with, 1).erythema, value_at(without, 1).erythema, 2e-4, 0);
  taut__surface_destroy(&with);
  taut__surface_destroy(&without);
  close_case(&s.f);
}

/** Straight lines between few samples, power 1: the swelling is that of a fine integration, at and between the nodes. */
static void swelling_is_exact_for_sampled_inflammation(void **state) {
  (void)state;
  static const double day[] = {0, 0, .3, 1.1, 1.15, 4, 9}, infl[] = {0, .002, .04, .05, .03, .01, 0};
  surface_case s = open_standard();
  taut_surface_params p = *s.p;
  p.p_i = 1;
  taut_surface_record record = {7, day, infl};
  taut_surface *surface = NULL;
  assert_int_equal(taut__surface_create(s.f.context, &p, &s.person, &s.session, 1, &record, &surface), TAUT_OK);
  double e = 0, most = taut__redness_inflamed(&p, &s.session);
  for (int k = 1; k + 1 < 7; k++)
    for (int m = 0; m < 4000; m++) {
      double step = (day[k + 1] - day[k]) / 4000, decay = exp(-step / p.t_l), half = exp(-step / 2 / p.t_l);
      double a0 = most / .05 * (infl[k] + (infl[k + 1] - infl[k]) * m / 4000);
      double slope = most / .05 * (infl[k + 1] - infl[k]) / 4000;
      e = e * decay + p.k_e * step / 6 * (a0 * decay + 4 * (a0 + slope / 2) * half + a0 + slope);
      if (m % 1000 == 777) {
        double t = day[k] + (m + 1) * step;
        check_near("swelling", value_at(surface, t).oedema - taut__swelling_reflex(&p, &s.session, t), e, 1e-9, 1e-13);
      }
    }
  taut__surface_destroy(&surface);
  close_case(&s.f);
}

static void a_visit_on_a_session_day_comes_before_the_session(void **state) {
  (void)state;
  surface_case s = open_standard();
  taut_surface_session two[2] = {s.session, s.session};
  two[1].day = 28;
  taut_surface *surface = surface_of(&s, two, 2, NULL);
  static const double day[] = {0, 0, 28, 28};
  taut_surface_values v[4];
  taut__surface_series(surface, 4, day, v);
  assert_true(v[0].open_channel_fraction == 0 && v[2].open_channel_fraction < 1e-9);
  assert_true(v[1].open_channel_fraction > .01 && v[3].open_channel_fraction > .01);
  assert_true(v[0].erythema == 0 && v[1].erythema > 1 && v[0].pain == 0 && v[1].pain > 0);
  taut__surface_destroy(&surface);
  close_case(&s.f);
}

static void sessions_add_up(void **state) {
  (void)state;
  surface_case s = open_standard();
  s.person.occlusion = 1;
  taut_surface_session two[2] = {s.session, s.session};
  two[1].day = 1;
  taut_surface *one = surface_of(&s, &s.session, 1, NULL), *both = surface_of(&s, two, 2, NULL);
  const double rest = taut__water_loss_untreated(s.p);
  for (double t = 1.01; t < 12; t += .37) {
    taut_surface_values a = value_at(one, t), b = value_at(one, t - 1), sum = value_at(both, t);
    check_near("pores", sum.open_channel_fraction, a.open_channel_fraction + b.open_channel_fraction, 1e-12, 0);
    check_near("water", sum.transepidermal_water_loss - rest,
               a.transepidermal_water_loss - rest + b.transepidermal_water_loss - rest, 1e-12, 1e-9);
    check_near("redness", sum.erythema, a.erythema + b.erythema, 1e-4, 1e-6);
    check_near("swelling", sum.oedema, a.oedema + b.oedema, 1e-4, 1e-7);
    taut_surface_values before = value_at(both, .9), alone = value_at(one, .9);
    assert_true(before.erythema == alone.erythema && before.oedema == alone.oedema);
  }
  assert_true(taut__surface_outcome(both, 0)->still_red && taut__surface_outcome(both, 0)->downtime == 1);
  assert_true(taut__surface_outcome(both, 1)->downtime > taut__surface_outcome(one, 0)->downtime);
  taut__surface_destroy(&one);
  taut__surface_destroy(&both);
  close_case(&s.f);
}

/** Each session has its own peak; a record that ends before its peak cannot give one. */
static void peaks_are_those_of_the_session(void **state) {
  (void)state;
  static const double day[] = {0, 0, 1, 28, 28, 29, 40}, infl[] = {0, 0, .05, 0, 0, .02, .001};
  surface_case s = open_standard();
  taut_surface_session two[2] = {s.session, s.session};
  two[1].day = 28;
  taut_surface_record record = {7, day, infl};
  taut_surface *surface = surface_of(&s, two, 2, &record);
  double most = taut__redness_inflamed(s.p, &s.session);
  for (int i = 0; i < 2; i++) {
    taut_surface_values v = value_at(surface, two[i].day + 1);
    double rest = taut__redness_reflex(s.p, &s.session, 1) + taut__redness_blood(s.p, &s.session, 1);
    if (i == 1) rest += taut__redness_blood(s.p, &s.session, 29) + taut__redness_reflex(s.p, &s.session, 29);
    check_near("a_i", v.erythema - rest, most, 1e-12, 0);
    assert_true(!taut__surface_outcome(surface, i)->from_curve);
  }
  taut__surface_destroy(&surface);
  record.n = 3; /* ends on the rise: the second session has no sample at all */
  surface = surface_of(&s, two, 2, &record);
  assert_true(taut__surface_outcome(surface, 0)->from_curve && taut__surface_outcome(surface, 1)->from_curve);
  surface_case alone = s;
  check_near("downtime", taut__surface_outcome(surface, 0)->downtime, downtime_of(&alone), 1e-9, 0);
  taut__surface_destroy(&surface);
  close_case(&s.f);
}

static void a_failing_allocator_is_reported(void **state) {
  (void)state;
  surface_case s = open_standard();
  bool failed = true;
  for (long n = 1; failed; n++) {
    taut_surface *surface = NULL;
    taut__alloc_fail_after(n);
    taut_err err = taut__surface_create(s.f.context, s.p, &s.person, &s.session, 1, NULL, &surface);
    taut__alloc_fail_after(0);
    failed = err != TAUT_OK;
    assert_true(failed ? err == TAUT_ERR_MEMORY && !surface : surface != NULL);
    taut__surface_destroy(&surface);
    assert_true(n < 100);
  }
  close_case(&s.f);
}

/* ---------------------------------------------------------------------------------------------- a real healing run ---- */

/** The protocol of Lotfi 2013 through the healing model: downtime 53-70 h in the coupled trial of the design. */
static void a_healing_run_keeps_downtime_in_its_span(void **state) {
  (void)state;
  fixture f =
      open_case("device=roller_192", "treatment.depth=1.5 mm", "treatment.density=240 /cm^2", "schedule.sessions=2",
                "schedule.interval=28 days", "schedule.follow_up=[56 days]", "model.accuracy=draft", NULL);
  taut_model *model = NULL;
  taut_result result = {0};
  assert_int_equal(taut__model_create(f.context, f.c, &model), TAUT_OK);
  assert_int_equal(taut__course_run(f.context, model, NULL, &result), TAUT_OK);
  taut_surface_session session[2];
  for (int i = 0; i < 2; i++)
    session[i] =
        taut__surface_session(&f.c->device, &model->treat[i].puncture, &model->treat[i].pattern, model->treat[i].day);
  double *infl = taut__alloc_doubles((size_t)result.points);
  for (int k = 0; k < result.points; k++) infl[k] = result.point[k * TAUT_QUANTITIES + TAUT_Q_inflammation];
  taut_surface_record record = {result.points, result.point_day, infl};
  taut_surface_person person = taut__surface_person(f.c);
  taut_surface *surface = NULL;
  assert_int_equal(
      taut__surface_create(f.context, taut__case_params(f.c, "surface"), &person, session, 2, &record, &surface),
      TAUT_OK);
  for (int i = 0; i < 2; i++) {
    const taut_surface_outcome *o = taut__surface_outcome(surface, i);
    assert_true(!o->from_curve && !o->still_red);
    print_message("# session %d: downtime %.1f h, swelling %.1f h, largest swelling %.4f at %.1f h\n", i + 1,
                  o->downtime / hour, o->swelling / hour, o->oedema_peak, o->oedema_peak_day / hour);
    assert_true(o->downtime / hour > 53 && o->downtime / hour < 70);
    assert_true(value_at(surface, session[i].day + 27.9).erythema < .01);
  }
  taut__surface_destroy(&surface);
  free(infl);
  taut__result_free(&result);
  taut__model_destroy(&model);
  close_case(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_record_drives_redness_by_its_share_of_the_peak),
      cmocka_unit_test(swelling_is_exact_for_sampled_inflammation),
      cmocka_unit_test(a_visit_on_a_session_day_comes_before_the_session),
      cmocka_unit_test(sessions_add_up),
      cmocka_unit_test(peaks_are_those_of_the_session),
      cmocka_unit_test(a_failing_allocator_is_reported),
      cmocka_unit_test(a_healing_run_keeps_downtime_in_its_span),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
