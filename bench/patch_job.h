/* What the parts of the patch benchmark share: a course that can be stopped after any number of steps. */
#ifndef TAUT_BENCH_PATCH_JOB_H
#define TAUT_BENCH_PATCH_JOB_H

#include "bench.h"
#include "course/course.h"

typedef struct job {
  taut_context *context;
  taut_case *c;
  taut_model *model;
  taut_state *state;
  taut_report report;
  long until; /* steps at which the present advance stops */
} job;

/** Counts and tells a wrong result. */
void job_check(bool right, const char *what);
int job_failures(void);
/** Ends the program with the message of the context on an error. */
void job_good(const job *j, taut_err err);
/** The reference course on a patch (a square of `side` mm, G2, 20 um, tolerance 1e-3) and its context; no state yet.
 *  comm: processes that share it, NULL: this one. */
void job_make(job *j, const char *examples, taut_comm *comm, int threads, double side);
/** The same with its state, just after the first session. */
void job_begin(job *j, const char *examples, taut_comm *comm, int threads, double side);
void job_end(job *j);
/** So many more steps. */
void job_advance(job *j, int steps);
const taut_domain *job_domain(const job *j);
/** Points of all processes. */
double job_points(const job *j);
/** Integrals of all fields, over all processes: what results are compared by. */
void job_integrals(const job *j, double *sum);
/** Largest relative difference of two sets of integrals. */
double job_apart(int n, const double *a, const double *b);

/** Prints what the parts of a step take on the state of the job. */
void bench_parts(job *j);
/** Under mpirun: a few steps on all processes, one line of figures for the parent. */
int bench_rank(const char *examples);
/** Runs this program on one to eight processes and predicts more. */
void bench_ranks(const char *self, const char *examples, int fields);

#endif
