/* `taut params`: the rows of the tables as text, JSON or Markdown. */
#include "param/print.h"

#include "param/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void taut__json_string(const char *text, taut_text *out) {
  taut__text_addn(out, "\"", 1);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      taut__text_add(out, "\\%c", c);
    else if (c < 0x20)
      taut__text_add(out, "\\u%04x", c);
    else
      taut__text_addn(out, text, 1);
  }
  taut__text_addn(out, "\"", 1);
}

/* `healing`, `healing.k_`, `healing.k_q`: the whole name, a group, or a beginning. */
static bool chosen(const taut_param *p, const char *name) {
  size_t group = strlen(p->group), n = strlen(name);
  if (n <= group) return n == group && strcmp(name, p->group) == 0;
  return strncmp(name, p->group, group) == 0 && name[group] == '.' &&
         strncmp(name + group + 1, p->name, n - group - 1) == 0;
}

/* An exact name means that row alone, although others may begin with it. */
static bool wanted(const taut_param_registry *registry, const taut_param *p, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const taut_param *exact = taut__param_find(registry, names[i], NULL, NULL);
    if (exact ? exact == p : chosen(p, names[i])) return true;
  }
  return n == 0;
}

static taut_err check_name(taut_context *context, const taut_param_registry *registry, const char *name) {
  size_t total = 0, n = 0;
  for (int t = 0; t < registry->tables; t++) {
    total += (size_t)registry->table[t]->rows + 1;
    for (int i = 0; i < registry->table[t]->rows; i++)
      if (chosen(&registry->table[t]->row[i], name)) return TAUT_OK;
  }
  enum { NAME = 96 };
  const char **names = taut__alloc(total + 1, sizeof *names);
  char(*store)[NAME] = taut__alloc(total + 1, sizeof *store);
  for (int t = 0; names && store && t < registry->tables; t++) {
    const taut_param_table *table = registry->table[t];
    for (int i = -1; i < table->rows; i++, n++) {
      snprintf(store[n], NAME, "%.40s%s%.50s", table->group, i < 0 ? "" : ".", i < 0 ? "" : table->row[i].name);
      names[n] = store[n];
    }
  }
  int near = names && store ? taut__nearest(name, names, n) : -1;
  taut_err err = near >= 0 ? taut__fail(context, TAUT_ERR_INPUT, NULL,
                                        "unknown parameter \"%s\"; nearest known parameter \"%s\"", name, names[near])
                           : taut__fail(context, TAUT_ERR_INPUT, NULL, "unknown parameter \"%s\"", name);
  free(names);
  free(store);
  return err;
}

static void prior_text(const taut_prior *prior, taut_text *out) {
  char a[32], b[32];
  taut__text_add(out, "%s", taut__prior_name(prior->kind));
  if (prior->kind != TAUT_PRIOR_FIXED)
    taut__text_add(out, "(%s, %s)", taut__number(prior->a, a), taut__number(prior->b, b));
}

static void row_text(const taut_param *p, taut_text *out) {
  char value[32], low[32], high[32];
  bool plain = p->unit[0] == '\0' || strcmp(p->unit, "1") == 0 || strcmp(p->unit, "-") == 0;
  taut__text_add(out, "%s.%s = %s%s%s\n    %s\n    from %s to %s; prior ", p->group, p->name,
                 taut__number(p->value, value), plain ? "" : " ", plain ? "" : p->unit, p->doc,
                 taut__number(p->low, low), taut__number(p->high, high));
  prior_text(&p->prior, out);
  taut__text_add(out, "; %s: %s\n", taut__evidence_name(p->evidence), taut__source(p->source)->citation);
}

static void row_markdown(const taut_param *p, taut_text *out) {
  char value[32], low[32], high[32];
  taut__text_add(out, "| `%s.%s` | %s | %s | %s to %s | ", p->group, p->name, taut__number(p->value, value), p->unit,
                 taut__number(p->low, low), taut__number(p->high, high));
  prior_text(&p->prior, out);
  taut__text_add(out, " | %s | %s | %s |\n", taut__evidence_name(p->evidence), taut__source(p->source)->citation,
                 p->doc);
}

static void json_member(const char *name, const char *text, taut_text *out) {
  taut__text_add(out, ", \"%s\": ", name);
  taut__json_string(text, out);
}

static void json_number(const char *name, double x, taut_text *out) {
  char number[32];
  taut__text_add(out, ", \"%s\": %s", name, isfinite(x) ? taut__number(x, number) : "null");
}

static void row_json(const taut_param *p, bool first, taut_text *out) {
  const taut_source *source = taut__source(p->source);
  taut__text_add(out, "%s\n  {\"name\": \"%s.%s\"", first ? "" : ",", p->group, p->name);
  json_number("value", p->value, out);
  json_member("unit", p->unit, out);
  json_number("low", p->low, out);
  json_number("high", p->high, out);
  taut__text_add(out, ", \"prior\": {\"kind\": \"%s\"", taut__prior_name(p->prior.kind));
  if (p->prior.kind != TAUT_PRIOR_FIXED) {
    json_number("a", p->prior.a, out);
    json_number("b", p->prior.b, out);
  }
  taut__text_add(out, "}");
  json_member("evidence", taut__evidence_name(p->evidence), out);
  json_member("source", source->key, out);
  json_member("citation", source->citation, out);
  json_member("where", source->where, out);
  json_member("system", source->system, out);
  json_member("doc", p->doc, out);
  taut__text_add(out, "}");
}

taut_err taut__params_print(taut_context *context, const taut_param_registry *registry, const char *const *names,
                            size_t n, taut_format format, FILE *out) {
  taut_err err = TAUT_OK;
  for (size_t i = 0; i < n; i++) {
    taut_err unknown = check_name(context, registry, names[i]);
    if (!err) err = unknown;
  }
  if (err) return err;
  taut_text text = {0};
  if (format == TAUT_FORMAT_JSON) taut__text_add(&text, "{\"taut_version\": \"%s\", \"parameters\": [", taut_version());
  if (format == TAUT_FORMAT_MARKDOWN)
    taut__text_add(&text, "| parameter | value | unit | bounds | prior | evidence | source | meaning "
                          "|\n|---|---|---|---|---|---|---|---|\n");
  bool first = true;
  for (int t = 0; t < registry->tables; t++)
    for (int i = 0; i < registry->table[t]->rows; i++) {
      const taut_param *p = &registry->table[t]->row[i];
      if (!wanted(registry, p, names, n)) continue;
      if (format == TAUT_FORMAT_JSON)
        row_json(p, first, &text);
      else if (format == TAUT_FORMAT_MARKDOWN)
        row_markdown(p, &text);
      else
        row_text(p, &text);
      first = false;
    }
  if (format == TAUT_FORMAT_JSON) taut__text_add(&text, "\n]}\n");
  if (text.failed)
    err = taut__fail(context, TAUT_ERR_MEMORY, NULL, "out of memory");
  else if (text.length && fwrite(text.data, 1, text.length, out) != text.length)
    err = taut__fail(context, TAUT_ERR_IO, NULL, "the parameters cannot be written");
  taut__text_free(&text);
  return err;
}
