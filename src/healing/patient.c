/* The person: age, sex hormones, photoageing, smoking, phototype, hormones -> factors on processes (healing.md 6). */
#include "healing/rest.h"

#include "param/units.h"

#include <math.h>

static double clip(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

/* Photoageing that is typical of an age (design rule 11): the calibrated skin is the typical skin of its age. */
static double typical_photoage(double age) {
  return clip((age - 20) / 100, 0, 0.6);
}

taut_profile taut__profile(const taut_patient *patient, bool documents) {
  const double full_smoker = 10; /* pack-years from which the factors of smoking apply fully */
  double smoking = patient->pack_years / full_smoker;
  return (taut_profile){
      .age = patient->age,
      .photo = 3 * fmax(0, patient->photoage - typical_photoage(patient->age)),
      .menopause = patient->menopause,
      .hrt = patient->hormone_therapy ? 1 : 0,
      .smoking = documents ? (smoking >= 1 ? 1 : 0) : clip(smoking, 0, 1),
      .phototype = patient->phototype,
      .cortisol = patient->cortisol,
      .oestrogen = patient->oestrogen,
      .tension = 1,
  };
}

/* ------------------------------------------------------------------------------------------- age initialiser ---- */

/* Intact and fragmented collagen of a young person growing old, relative to young intact collagen. */
typedef struct ageing {
  double kd, kX0, uv; /* 1/year */
  const taut_healing_params *p;
} ageing;

static double attachment_effect(const taut_healing_params *p, double q) {
  return clip(1 - 0.5 * (p->q_y - q) / (p->q_y - p->q_o), 0, 1.2);
}

static double synthesis_at(const taut_healing_params *p, double age) {
  return 1 - p->age_Y * clip((age - 20) / 60, 0, 1);
}

static void ageing_rate(const ageing *a, double age, const double y[2], double dy[2]) {
  double q = y[0] / (y[0] + y[1]);
  double clearance = a->kX0 * (1 - a->p->age_X * fmin(1, (age - 20) / 60));
  dy[0] = a->kd * synthesis_at(a->p, age) * attachment_effect(a->p, q) - a->uv * a->kd * y[0];
  dy[1] = a->p->f_X * a->uv * a->kd * y[0] - clearance * y[1];
}

void taut__age_initialiser(const taut_healing_params *p, double age, double photo, double *g, double *qr) {
  *g = 1;
  *qr = p->q_y;
  if (age <= 20) return;
  enum { STEPS = 240 }; /* classical Runge-Kutta, as in the document */
  double y[2] = {1, (1 - p->q_y) / p->q_y};
  double kd = TAUT_DAYS_PER_YEAR * p->d_x;
  const ageing a = {kd, p->f_X * kd / y[1], 1 + p->photo_uv * photo, p};
  double dt = (age - 20) / STEPS;
  for (int n = 0; n < STEPS; n++) {
    double t = 20 + n * dt, k[4][2], stage[2];
    ageing_rate(&a, t, y, k[0]);
    for (int s = 1; s < 4; s++) {
      double part = s < 3 ? dt / 2 : dt;
      for (int i = 0; i < 2; i++) stage[i] = y[i] + part * k[s - 1][i];
      ageing_rate(&a, t + part, stage, k[s]);
    }
    for (int i = 0; i < 2; i++) y[i] += dt / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
  }
  *g = y[0];
  *qr = y[0] / (y[0] + y[1]);
}

/* ---------------------------------------------------------------------------------------------- multipliers ---- */

/* Speed of barrier repair by phototype, between the grades straight lines. */
static double phototype_factor(const taut_healing_params *p, double phototype) {
  const double factor[] = {1, 1, 1, p->tone_4, p->tone_5, p->tone_6};
  double x = clip(phototype, 1, 6) - 1;
  int grade = x < 5 ? (int)x : 4;
  return factor[grade] + (x - grade) * (factor[grade + 1] - factor[grade]);
}

taut_person taut__person(taut_healing *h) {
  const taut_healing_params *p = &h->p;
  const taut_profile *who = &h->profile;
  taut_person person;
  taut__age_initialiser(p, who->age, who->photo, &person.g, &person.qr);

  const double years = TAUT_DAYS_PER_YEAR; /* slopes a year are kept a day */
  double menopause_Y = who->menopause > 0 ? p->meno_Y + (1 - p->meno_Y) * who->hrt : 1;
  person.f_m = exp(-p->meno_C * years * fmin(who->menopause, 15) * (1 - p->hrt_C * who->hrt));
  person.Y = synthesis_at(p, who->age) * menopause_Y * (1 - p->smoke_Y * who->smoking) * (1 - p->photo_Y * who->photo);
  person.f_s3 = person.f_C3 = 1 - p->smoke_C3 * who->smoking;
  person.H_r = 1 - p->age_H * years * (who->age - 20);
  person.em_r = 1 - p->age_em * years * (who->age - 20);

  double cortisol = 1 / (1 + who->cortisol * who->cortisol), oestrogen = 1 / (1 + who->oestrogen * who->oestrogen);
  h->f_m = person.f_m;
  h->f_N = cortisol * oestrogen;
  h->f_M = cortisol;
  h->f_E = 1 + p->smoke_fE * who->smoking;
  h->f_K = 1 - p->age_K * clip((who->age - 25) / 50, 0, 1);
  h->f_b = h->f_K * phototype_factor(p, who->phototype);
  h->E_r = 1 + p->photo_E * who->photo + p->smoke_E * who->smoking;
  h->I_r = 1 - p->smoke_I * who->smoking;
  return person;
}
