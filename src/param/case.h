/* The resolved case: what the user wrote, completed by presets and defaults, in internal units (units.h).
 * Built by case reading (file, --set) and frozen afterwards.  NAN marks "not given" where the comment says so. */
#ifndef TAUT_PARAM_CASE_H
#define TAUT_PARAM_CASE_H

#include "param/param.h"

typedef enum taut_sex { TAUT_FEMALE, TAUT_MALE } taut_sex;
typedef enum taut_thickness_source {
  TAUT_THICKNESS_ULTRASOUND,
  TAUT_THICKNESS_HISTOLOGY,
  TAUT_THICKNESS_BLEND
} taut_thickness_source;
typedef enum taut_device_kind { TAUT_ROLLER, TAUT_PEN, TAUT_STAMP, TAUT_RF } taut_device_kind;
typedef enum taut_pattern_kind {
  TAUT_PATTERN_AUTO,
  TAUT_PATTERN_PASSES,
  TAUT_PATTERN_POISSON,
  TAUT_PATTERN_LATTICE
} taut_pattern_kind;
typedef enum taut_scale { TAUT_SCALE_TRACK, TAUT_SCALE_PATCH, TAUT_SCALE_ZERO } taut_scale;
typedef enum taut_accuracy { TAUT_DRAFT, TAUT_STANDARD, TAUT_FINE } taut_accuracy;
typedef enum taut_defaults { TAUT_DEFAULTS_COUPLED, TAUT_DEFAULTS_DOCUMENTS } taut_defaults;
typedef enum taut_layers_choice { TAUT_LAYERS_SITE, TAUT_LAYERS_REFERENCE } taut_layers_choice;
typedef enum taut_injury_choice { TAUT_INJURY_DEVICE, TAUT_INJURY_REFERENCE, TAUT_INJURY_EXCISION } taut_injury_choice;

typedef struct taut_patient {
  double age; /**< years, 18..100 */
  taut_sex sex;
  double phototype;       /**< Fitzpatrick 1..6 */
  double lightness;       /**< L*, NAN when not given; overrides the closure factor (surface course) */
  double laxity;          /**< 0..4, NAN when not given */
  double wrinkle_grade;   /**< Lemperle 0..5 of fine wrinkles at the site, NAN when not given */
  double roughness;       /**< Ra at the site, mm, NAN when not given */
  double crease_depth;    /**< of a lasting crease at the site, mm, NAN: none */
  double crease_spacing;  /**< from crease to crease, mm */
  double photoage;        /**< u, 0..1; default u_ref = clip((age-20)/100, 0, 0.6) */
  double menopause;       /**< years since menopause, 0 before it and in men */
  bool menopause_assumed; /**< not given: age - 51 was taken */
  double bmi, hydration;  /**< kg/m2; 0 dry .. 0.5 normal .. 1 wet */
  double pack_years;
  bool topical_relief;
  bool hormone_therapy;
  double cortisol, oestrogen; /**< relative to normal, 0 = no effect (healing.md 6.2) */
} taut_patient;

typedef struct taut_site {
  char *name;  /**< preset key */
  double area; /**< mm2 treated; default by site */
  /* the preset's numbers (presets/sites/NAME.yaml), mm, [0] women [1] men; means and SDs */
  double sc, sc_sd, ve, ve_sd, papillary;
  double dermis[2], dermis_sd[2], echo[2], fat[2], fat_sg; /**< fat_sg: SD of ln */
  double bmi_slope;                                        /**< b_BMI */
  double z_bone;                                           /**< skin to bone or globe, NAN: none */
  bool orbital_rim;                                        /**< inside the orbital rim: refused unless acknowledged */
  bool globe, bony, neck_structures;                       /**< wording of warnings; bony: risk index */
  bool facial;                                             /**< no BMI effect on the dermis, face rules */
  double f_site;                                           /**< closure factor of needling.md 6.1 */
  /* measured values of this person override layer by layer; NAN: not given */
  double own_sc, own_ve, own_dermis, own_papillary, own_fat;
  taut_thickness_source source;
  double echo_share; /**< e of needling.md 1.2 */
  double blend;      /**< w of needling.md 1.2; mean 0.5 in single runs */
} taut_site;

typedef struct taut_device {
  char *name;
  taut_device_kind kind;
  double length[2];                        /**< selectable range, mm (equal for a fixed length) */
  double length_step;                      /**< 0: any */
  double diameter, half_angle, tip_radius; /**< mm, rad, mm */
  int needles, rings, needles_per_ring;    /**< rings = drum rows of a roller */
  double disc_radius, pitch;               /**< mm: pen disc; stamp and RF grid pitch */
  int grid[2];                             /**< stamp and RF: rows, columns */
  double drum_radius, drum_width;          /**< mm */
  double rate;                             /**< strokes per day (internal); pens */
  double speed;                            /**< mm/day: roller hand speed, stamp and RF needle speed; 0 for pens */
  double stroke;                           /**< mm, 0 = length */
  double glide;                            /**< mm/day */
  double tolerance;                        /**< SD of length, mm */
  double lift;                             /**< needling.md 4.2 gap, mm */
  double force;                            /**< hand force mN, 0 = auto */
  double vibration;                        /**< f_vib */
} taut_device;

/** One session; depth, density and the pattern may differ from session to session. */
typedef struct taut_session {
  double day;      /**< after the first session */
  double depth;    /**< nominal needle length set, mm */
  double achieved; /**< mm, NAN: computed */
  double density;  /**< delivered punctures per mm2 of relaxed skin; NAN when passes are given */
  double passes;   /**< NAN when density is given */
} taut_session;

typedef struct taut_treatment {
  taut_pattern_kind pattern;
  double directions[16]; /**< rad */
  int n_directions;
  double overlap;        /**< share */
  double stroke_overlap; /**< pens, share */
  double strike_efficiency, stretch;
  bool density_stretched; /**< density_frame: stretched */
  bool exact_count, tiled;
  double glide; /**< mm/day */
  double force; /**< mN, NAN: auto */
} taut_treatment;

typedef struct taut_aftercare {
  double occlusion; /**< 0..1 */
  bool sun_exposed;
  double makeup_after, vitamin_c_after; /**< days */
} taut_aftercare;

typedef struct taut_grid_spec {
  int n1, n2, n3;       /**< radial cells: lumen, annulus, outside */
  int ne, np, nret, ns; /**< cells in depth: epidermis, papillary, reticular, subcutis */
} taut_grid_spec;

/** Lateral grid of a patch. */
typedef struct taut_patch_spec {
  double size;    /**< side of the periodic square, mm */
  double spacing; /**< size / points, mm */
  int points;     /**< in x and in y: even, with no factors but 2, 3, 5 and 7 */
  bool vary;      /**< depth and hole vary from puncture to puncture */
} taut_patch_spec;

typedef struct taut_model_options {
  taut_scale scale;
  taut_accuracy accuracy;
  taut_defaults defaults;
  taut_layers_choice layers;
  taut_injury_choice injury;
  taut_grid_spec grid;
  double tolerance;      /**< rtol */
  int tracks;            /**< 1 or 3; 0: not of this scale */
  taut_patch_spec patch; /**< of scale patch */
} taut_model_options;

/** Where a value came from, for messages, case.yaml and `taut check`. */
typedef enum taut_origin {
  TAUT_FROM_DEFAULT,
  TAUT_FROM_PRESET,
  TAUT_FROM_FILE,
  TAUT_FROM_SET,
  TAUT_FROM_ASSUMED
} taut_origin;

/** A puncture that the user placed (treatment.points). */
typedef struct taut_point {
  double x, y;       /**< mm, within the patch */
  double depth;      /**< reached, mm; NAN: computed */
  int session, line; /**< from 0; of the file, from 1 */
} taut_point;

/** Punctures of a file, in its order. */
typedef struct taut_point_list {
  char *path; /**< as read; NULL: none are given */
  taut_point *point;
  long n;
  uint64_t print; /**< fingerprint of the numbers */
} taut_point_list;

struct taut_case {
  char *title;
  taut_patient patient;
  taut_site site;
  taut_device device;
  taut_treatment treatment;
  taut_aftercare aftercare;
  taut_model_options model;
  taut_point_list points;
  taut_session *session;
  int sessions;      /**< 0: untreated */
  double *follow_up; /**< days after the first session, ascending */
  int follow_ups;
  double until; /**< day */
  unsigned long seed;
  taut_texts conditions, medicines, acknowledged; /**< ids */
  /* parameter tables: values[t] is the struct of registry.table[t], in internal units */
  taut_param_registry registry;
  void **values;
  taut_texts warnings; /**< found while reading; each with its place */
  /* what treatment: and schedule: say for every session; sessions hold the outcome.  NAN: not given */
  double treatment_depth, treatment_achieved, treatment_density, treatment_passes;
  double treatment_time; /**< day; of a pen, becomes treatment_density */
  double schedule_interval;
  struct taut_resolved *resolved; /**< private to param/: the resolved tree with texts and origins */
};

/** Parses and resolves (see taut_case_read).  The registry must outlive the case. */
TAUT_MUST_USE taut_err taut__case_parse(taut_context *context, const taut_param_registry *registry, const char *name,
                                        const char *text, size_t length, const char *const *sets, size_t n,
                                        taut_case **out);
/** The same from a file. */
TAUT_MUST_USE taut_err taut__case_read(taut_context *context, const taut_param_registry *registry, const char *path,
                                       const char *const *sets, size_t n, taut_case **out);
/** The same for commands that need a part of a case only: `fallback` (m texts "key=value") stands where neither file nor
 *  sets have the key, and does not count as given.
 *  @param path  NULL: no file, and `name` stands for it in messages */
TAUT_MUST_USE taut_err taut__case_complete(taut_context *context, const taut_param_registry *registry, const char *path,
                                           const char *name, const char *const *fallback, size_t m,
                                           const char *const *sets, size_t n, taut_case **out);
/** Struct of a table by group name, e.g. taut__case_params(c, "healing"); lent. */
const void *taut__case_params(const taut_case *c, const char *group);
/** "case.yaml:14:9" (or "--set key") of a key given by the user, else of the case as a whole; lent text in `buffer`. */
const char *taut__case_where(const taut_case *c, const char *key, char buffer[512]);
/** Tells the failure that is recorded in the context again, at the place of the first parameter of `group` that it names
 *  ("healing.d_x") and the user set; where he set several, their places follow.  Without any it stands at the case as a
 *  whole.  For failures of rooms that know parameters and no case.
 *  @return err */
TAUT_MUST_USE taut_err taut__case_blame(taut_context *context, const taut_case *c, const char *group, taut_err err);
/** True when the user gave this key himself (file or --set). */
bool taut__case_given(const taut_case *c, const char *key);
TAUT_MUST_USE taut_err taut__case_template(taut_context *context, FILE *out);

#endif
