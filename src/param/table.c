/* Parameter tables: sources, names of evidence, defaults, checks that every table must pass. */
#include "param/table.h"

#include "param/units.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

static const taut_source sources[TAUT_SOURCES] = {
#define SOURCE(key, citation, where, system) {#key, citation, where, system},
#include "param/sources.def"
#undef SOURCE
};

const taut_source *taut__source(taut_source_id id) {
  return (int)id >= 0 && id < TAUT_SOURCES ? &sources[id] : &sources[0];
}

const char *taut__evidence_name(taut_evidence evidence) {
  static const char *const names[] = {"seen", "seen2", "recall", "derived", "assumption", "calibrated", "definition"};
  return (size_t)evidence < sizeof names / sizeof *names ? names[evidence] : "unknown";
}

const char *taut__prior_name(taut_prior_kind kind) {
  static const char *const names[] = {"fixed", "uniform", "loguniform", "normal", "lognormal", "beta"};
  return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

bool taut__prior_range(const taut_prior *prior, double *low, double *high) {
  const double z = 3.290526731491894; /* the normal quantile of 0.9995 */
  switch (prior->kind) {
  case TAUT_PRIOR_FIXED:
    return false;
  case TAUT_PRIOR_UNIFORM:
  case TAUT_PRIOR_LOGUNIFORM:
    *low = prior->a, *high = prior->b;
    return true;
  case TAUT_PRIOR_NORMAL:
    *low = prior->a - z * prior->b, *high = prior->a + z * prior->b;
    return true;
  case TAUT_PRIOR_LOGNORMAL:
    *low = prior->a * exp(-z * prior->b), *high = prior->a * exp(z * prior->b);
    return true;
  case TAUT_PRIOR_BETA:
    *low = gsl_cdf_beta_Pinv(0.0005, prior->a, prior->b);
    *high = gsl_cdf_beta_Pinv(0.9995, prior->a, prior->b);
    return true;
  }
  return false;
}

taut_err taut__param_defaults(taut_context *context, const taut_param_table *table, void *params) {
  for (int i = 0; i < table->rows; i++) {
    const taut_param *row = &table->row[i];
    double value;
    taut_err err = taut__unit_convert(context, row->name, row->value, row->unit, row->unit, &value);
    if (err) return err;
    *(double *)(void *)((char *)params + row->offset) = value;
  }
  return TAUT_OK;
}

const taut_param *taut__param_find(const taut_param_registry *registry, const char *name, int *table, int *row) {
  const char *dot = strchr(name, '.');
  if (!dot) return NULL;
  for (int t = 0; t < registry->tables; t++) {
    const taut_param_table *group = registry->table[t];
    if (strlen(group->group) != (size_t)(dot - name) || strncmp(group->group, name, (size_t)(dot - name)) != 0)
      continue;
    for (int i = 0; i < group->rows; i++)
      if (strcmp(group->row[i].name, dot + 1) == 0) {
        if (table) *table = t;
        if (row) *row = i;
        return &group->row[i];
      }
  }
  return NULL;
}

/* ---------------------------------------------------------------------------------------------------- checks ---- */

static bool sentence(const char *doc) {
  int words = 0;
  bool inside = false;
  for (const char *c = doc; *c; c++) {
    bool letter = *c != ' ';
    if (letter && !inside) words++;
    inside = letter;
  }
  return words >= 3 && !strstr(doc, "TODO") && !strstr(doc, "FIXME");
}

static const char *prior_fault(const taut_param *p) {
  const taut_prior *q = &p->prior;
  switch (q->kind) {
  case TAUT_PRIOR_FIXED:
    return NULL;
  case TAUT_PRIOR_UNIFORM:
    if (!(q->a < q->b)) return "uniform prior needs a < b";
    break;
  case TAUT_PRIOR_LOGUNIFORM:
    if (!(q->a > 0 && q->a < q->b)) return "log-uniform prior needs 0 < a < b";
    break;
  case TAUT_PRIOR_NORMAL:
    if (!(q->b > 0)) return "normal prior needs a positive SD";
    break;
  case TAUT_PRIOR_LOGNORMAL:
    if (!(q->a > 0 && q->b > 0)) return "log-normal prior needs a > 0 and b > 0";
    break;
  case TAUT_PRIOR_BETA:
    if (!(q->a > 0 && q->b > 0)) return "beta prior needs positive shapes";
    break;
  default:
    return "unknown prior";
  }
  bool span = q->kind == TAUT_PRIOR_UNIFORM || q->kind == TAUT_PRIOR_LOGUNIFORM;
  double low, high;
  taut__prior_range(q, &low, &high);
  if (span && (low < p->low || high > p->high)) return "prior reaches beyond the bounds";
  if (!span && (high <= p->low || low >= p->high)) return "prior lies outside the bounds";
  if (!(p->value >= low && p->value <= high)) return "default lies outside the prior";
  return NULL;
}

static const char *row_fault(const taut_param_table *table, int i) {
  const taut_param *p = &table->row[i];
  char message[TAUT_MESSAGE];
  taut_unit unit;
  if (!p->name || !p->name[0] || strcmp(p->group, table->group) != 0) return "name or group is wrong";
  if (!taut__unit_parse(p->unit, &unit, message)) return "unknown unit";
  if (!isfinite(p->value) || !(p->low <= p->value && p->value <= p->high)) return "default lies outside the bounds";
  if (!(p->low < p->high) && p->prior.kind != TAUT_PRIOR_FIXED) return "bounds are empty";
  if (p->source == TAUT_SOURCE_none || (int)p->source < 0 || p->source >= TAUT_SOURCES) return "no source";
  if (p->evidence == TAUT_CALIBRATED && p->source == TAUT_SOURCE_assumption)
    return "calibrated without naming the data";
  if (!p->doc || !sentence(p->doc)) return "the sentence needs at least three words";
  if (p->offset % sizeof(double) != 0 || p->offset + sizeof(double) > table->size)
    return "offset is outside the struct";
  for (int j = 0; j < i; j++)
    if (strcmp(table->row[j].name, p->name) == 0 || table->row[j].offset == p->offset) return "declared twice";
  return prior_fault(p);
}

taut_err taut__param_check(taut_context *context, const taut_param_registry *registry) {
  for (int t = 0; t < registry->tables; t++) {
    const taut_param_table *table = registry->table[t];
    for (int u = 0; u < t; u++)
      if (strcmp(registry->table[u]->group, table->group) == 0)
        taut__fail(context, TAUT_ERR_INTERNAL, table->group, "group is registered twice");
    if (table->size != (size_t)table->rows * sizeof(double))
      taut__fail(context, TAUT_ERR_INTERNAL, table->group, "struct and rows differ in size");
    for (int i = 0; i < table->rows; i++) {
      const char *fault = row_fault(table, i);
      if (fault) taut__fail(context, TAUT_ERR_INTERNAL, table->row[i].name, "%s: %s", table->group, fault);
    }
  }
  return taut__error_code(context);
}
