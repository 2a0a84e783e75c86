/* The surface course of needling (needling.md 6.1, 6.2, 6.4-6.7): open pores, water loss, redness, swelling, pain, downtime
 * and risk indices, from what each session did and from the inflammation that the healing model computed.
 *
 * Inflammation drives redness through its share of the peak of the same session, and a peak is known only afterwards.  So
 * the course is recorded first and the instrument is made from the record; it can then be read at any time.
 *
 *   taut_surface *s = NULL;
 *   taut__surface_create(context, p, &person, session, sessions, &record, &s);
 *   taut__surface_read(s, day, false, &values);
 *   const taut_surface_outcome *o = taut__surface_outcome(s, 0);
 *   taut__surface_destroy(&s);
 *
 * Days count from the first session; internal units (mm, day) unless a comment says otherwise. */
#ifndef TAUT_INSTRUMENTS_SURFACE_H
#define TAUT_INSTRUMENTS_SURFACE_H

#include "needling/needling.h"

typedef struct taut_surface_params {
#define PARAM(name, ...) double name;
#include "instruments/surface.def"
#undef PARAM
} taut_surface_params;
extern const taut_param_table taut__surface_table;

/** Person, site and care as far as the surface course depends on them. */
typedef struct taut_surface_person {
  double age;             /**< years */
  double phototype;       /**< 1..6 */
  double lightness;       /**< L*, NAN: not measured; replaces the phototype in pore closure */
  double site_factor;     /**< f_site of pore closure */
  double occlusion;       /**< 0..1, from each session on */
  double occlusion_until; /**< days after each session; INFINITY: as long as pores are open */
  double actives_after;   /**< days after each session until vitamin C or the like is applied; INFINITY: never */
  bool topical_relief;    /**< pain: topical anaesthetic */
  bool studied_site;      /**< forearm, the site of the pain study */
  bool sun, bony, heavy;  /**< risks: sun on the skin, bone close behind, heavy pressure */
} taut_surface_person;
/** From a case.  Pressure counts as not heavy: no case says. */
taut_surface_person taut__surface_person(const taut_case *c);

/** One session as the surface sees it. */
typedef struct taut_surface_session {
  double day;
  double length;        /**< L, nominal */
  double hits, holes;   /**< per mm2: delivered punctures (blood, pain), holes after re-hits (pores, scars) */
  double hole_radius;   /**< r_h(0) */
  double damage_radius; /**< r_d(0) */
  double injured;       /**< S: hits times the damaged volume of one, mm */
  double bleeding;      /**< P_bleed */
  double strikes;       /**< N: needles that strike within one second */
} taut_surface_session;
/** From the needling of a session. */
taut_surface_session taut__surface_session(const taut_device *device, const taut_puncture *puncture,
                                           const taut_pattern *pattern, double day);

/* ------------------------------------------------------------------------------------------- laws of one session ---- */

/** Half-life of a pore's area under a constant occlusion, days. */
double taut__pore_half_life(const taut_surface_params *p, const taut_surface_person *person, double length,
                            double occlusion);
/** A/A_0, t days after the session. */
double taut__pore_share(const taut_surface_params *p, const taut_surface_person *person, double length, double t);
/** Days until A = f_closed A_0. */
double taut__pore_closing(const taut_surface_params *p, const taut_surface_person *person, double length);
/** A_0: area of the holes per skin area. */
double taut__pore_area(const taut_surface_session *session);
/** Water loss of untreated skin, g/m2/h. */
double taut__water_loss_untreated(const taut_surface_params *p);
/** Water loss above that of untreated skin, t days after the session, when `share` of the pore area is open; g/m2/h. */
double taut__water_loss(const taut_surface_params *p, const taut_surface_session *session, double share, double t);
/** Redness by axon reflex (a_n) and by blood and crusts (a_b) at t, and the largest by inflammation (a_i at I = 1);
 *  a* units. */
double taut__redness_reflex(const taut_surface_params *p, const taut_surface_session *session, double t);
double taut__redness_blood(const taut_surface_params *p, const taut_surface_session *session, double t);
double taut__redness_inflamed(const taut_surface_params *p, const taut_surface_session *session);
/** I(t) where there is no healing run. */
double taut__inflammation_curve(const taut_surface_params *p, double t);
/** Change of a* that is visible on this skin. */
double taut__redness_visible(const taut_surface_params *p, double phototype);
/** Swelling by the axon reflex alone, exact. */
double taut__swelling_reflex(const taut_surface_params *p, const taut_surface_session *session, double t);
/** Pain of a session in units of an injection, and on a scale of 10 with the share g of it left by an anaesthetic. */
double taut__pain_units(const taut_surface_params *p, double length, double strikes);
double taut__pain_vas(const taut_surface_params *p, double units, double g);

/* ------------------------------------------------------------------------------------------------------ the course ---- */

/** Inflammation (`infl`) of the healing run.  Days ascend; a session day stands twice, before and after the session. */
typedef struct taut_surface_record {
  int n;
  const double *day, *inflammation;
} taut_surface_record;

typedef struct taut_surface taut_surface;

/** What the instrument shows at one time. */
typedef struct taut_surface_values {
  double open_channel_fraction;     /**< A: open area per skin area */
  double transepidermal_water_loss; /**< g/m2/h */
  double erythema;                  /**< change of a* */
  double oedema;                    /**< thickness strain of the dermis */
  double pain;                      /**< during the last session, scale of 10, with the relief given; 0 before any */
} taut_surface_values;

/** What a session brings, known at the end. */
typedef struct taut_surface_outcome {
  double closing;          /**< days until the pores count as closed (electrical impedance) */
  double infection_window; /**< days: closing, and never below w_min */
  double infection_index;  /**< open area share times time over A_inf */
  bool actives_in_window;  /**< vitamin C or the like is applied before the window ends: granulomas are reported */
  double downtime;         /**< days of visible redness until the next session; 0: never visible */
  double downtime_low, downtime_high; /**< the band in which published times scatter */
  bool still_red;       /**< visible to the end of the record or the next session: downtime is a lower limit */
  double erythema_peak; /**< a* units, until the next session */
  double oedema_peak, oedema_peak_day; /**< thickness strain; days after this session */
  double swelling;                     /**< days of visible swelling; 0: never visible */
  bool from_curve;                     /**< inflammation by the fall-back curve: no record, or none that shows a peak */
  double pain, pain_without_relief;    /**< scale of 10 */
  bool pain_extrapolated;              /**< outside the lengths, numbers or the site of the pain study */
} taut_surface_outcome;

/** Risk indices of the whole course: model statements, to be shown next to the table of events only. */
typedef struct taut_surface_risks {
  double pih, pih_low, pih_high; /**< probability of hyperpigmentation; 95 % band between settings */
  double tram_track;             /**< probability of tram-track scars */
} taut_surface_risks;

/** Builds the instrument; everything is copied.
 *  @param session   in order of days; an untreated course has none
 *  @param record    NULL: no healing run, inflammation by the fall-back curve */
TAUT_MUST_USE taut_err taut__surface_create(taut_context *context, const taut_surface_params *p,
                                            const taut_surface_person *person, const taut_surface_session *session,
                                            int sessions, const taut_surface_record *record, taut_surface **out);
void taut__surface_destroy(taut_surface **surface);
/** Reads the instrument.  @param after  on a session day: after the session instead of before it
 *  Beyond the end of the record inflammation counts as over. */
void taut__surface_read(const taut_surface *surface, double day, bool after, taut_surface_values *out);
/** Reads a series.  Days ascend; where a session day stands twice, the second reading is the one after the session. */
void taut__surface_series(const taut_surface *surface, int n, const double *day, taut_surface_values *out);
/** Outcome of session i; lent. */
const taut_surface_outcome *taut__surface_outcome(const taut_surface *surface, int i);
taut_surface_risks taut__surface_risks(const taut_surface *surface);

/* ------------------------------------------------------------------------------------------------- counted events ---- */

typedef struct taut_surface_event {
  const char *name;
  int count, people; /**< people 0: no denominator */
  taut_source_id source;
  const char *doc;
} taut_surface_event;
enum {
#define EVENT(name, ...) TAUT_EVENT_##name,
#include "instruments/surface_events.def"
#undef EVENT
  TAUT_EVENTS
};
extern const taut_surface_event taut__surface_event[TAUT_EVENTS];
/** Wilson's interval of a proportion k of n at normal quantile z; NAN both where n is 0. */
void taut__wilson(double k, double n, double z, double *low, double *high);

#endif
