/* Sessions for the tests of the surface course, needled for real. */
#ifndef SURFACE_FIXTURE_H
#define SURFACE_FIXTURE_H

#include "needling_fixture.h"

#include "instruments/surface.h"

static const double hour = 1.0 / 24, um = 1e-3, per_cm2 = 1e-2;

/** A session of the reference rows: device, length and density, the rest by the real needling. */
typedef struct surface_case {
  fixture f;
  const taut_surface_params *p;
  taut_surface_person person;
  taut_surface_session session;
} surface_case;

static inline surface_case open_surface(const char *device, const char *depth, const char *stretch, double density,
                                        double phototype) {
  char set[3][64];
  snprintf(set[0], sizeof set[0], "device=%s", device);
  snprintf(set[1], sizeof set[1], "treatment.depth=%s", depth);
  snprintf(set[2], sizeof set[2], "treatment.stretch=%s", stretch);
  surface_case s = {.f = open_case(set[0], set[1], set[2], NULL)};
  taut_puncture puncture = puncture_of(&s.f, s.f.c->session[0].depth);
  taut_pattern pattern = {.hits = density * per_cm2, .holes = density * per_cm2};
  s.p = taut__case_params(s.f.c, "surface");
  s.person = taut__surface_person(s.f.c);
  s.person.phototype = phototype;
  s.session = taut__surface_session(&s.f.c->device, &puncture, &pattern, 0);
  return s;
}

static inline surface_case open_standard(void) {
  return open_surface("roller_192", "1.5 mm", "0.05", 250, 2);
}

static inline taut_surface *surface_of(const surface_case *s, const taut_surface_session *session, int sessions,
                                       const taut_surface_record *record) {
  taut_surface *surface = NULL;
  assert_int_equal(taut__surface_create(s->f.context, s->p, &s->person, session, sessions, record, &surface), TAUT_OK);
  return surface;
}

static inline taut_surface_values value_at(const taut_surface *surface, double day) {
  taut_surface_values v;
  taut__surface_read(surface, day, false, &v);
  return v;
}

static inline double downtime_of(const surface_case *s) {
  taut_surface *surface = surface_of(s, &s->session, 1, NULL);
  double downtime = taut__surface_outcome(surface, 0)->downtime;
  taut__surface_destroy(&surface);
  return downtime;
}

#endif
