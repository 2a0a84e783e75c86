/* Independent check of the linear and nonlinear solver of the suction instrument: the same elements, but PETSc's SNES
 * (Newton's method with full steps) and PETSc's sparse Cholesky factorisation in place of the project's own.  Built with
 * -Dpetsc=true only; PETSc is no part of the product (docs/suction-solver.md). */
#include "fem_fixture.h"

#include <petscsnes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CHECK(call) assert_int_equal(call, 0)

typedef struct problem {
  taut_fem *fem;
  double P;
  double *at; /* unknowns of the last evaluation */
} problem;

/* Moves the elements to X: centres and pressures follow the change as their elimination says. */
static void move_to(problem *p, const double *x) {
  taut_fem *fem = p->fem;
  for (int b = 0; b < fem->batches; b++) {
    for (int a = 0; a < TAUT_FEM_EDGE; a++)
      for (int lane = 0; lane < TAUT_FEM_LANES; lane++) {
        const int e = fem->equation[b][a][lane];
        fem->change[b][a][lane] = e < 0 ? 0 : x[e] - p->at[e];
      }
    fem->k->complete(&fem->batch[b], fem->change[b]);
    fem->k->move(&fem->batch[b], fem->change[b], 1);
  }
  memcpy(p->at, x, (size_t)fem->equations * sizeof *x);
}

static PetscErrorCode residual(SNES snes, Vec X, Vec F, void *data) {
  problem *p = data;
  const double *x;
  double *f, norm;
  (void)snes;
  PetscCall(VecGetArrayRead(X, &x));
  move_to(p, x);
  PetscCall(VecRestoreArrayRead(X, &x));
  PetscCheck(taut__fem_assemble(p->fem, p->P, &norm) > 0, PETSC_COMM_SELF, PETSC_ERR_NOT_CONVERGED, "inside out");
  PetscCall(VecGetArray(F, &f));
  for (int i = 0; i < p->fem->equations; i++) f[i] = -p->fem->rhs[i];
  PetscCall(VecRestoreArray(F, &f));
  return 0;
}

/* The tangent of the last evaluation, both triangles. */
static PetscErrorCode tangent(SNES snes, Vec X, Mat A, Mat B, void *data) {
  const problem *p = data;
  const taut_ldl *m = &p->fem->matrix;
  (void)snes;
  (void)X;
  (void)A;
  for (int j = 0; j < p->fem->equations; j++) {
    const double *column = m->a + (ptrdiff_t)j * m->stride;
    for (int i = j; i < m->reach[j / TAUT_LDL_PANEL] && i < p->fem->equations; i++)
      if (column[i - j] != 0 || i == j) {
        PetscCall(MatSetValue(B, i, j, column[i - j], INSERT_VALUES));
        PetscCall(MatSetValue(B, j, i, column[i - j], INSERT_VALUES));
      }
  }
  PetscCall(MatAssemblyBegin(B, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(B, MAT_FINAL_ASSEMBLY));
  return 0;
}

/* SNES for a system: full steps, Cholesky, the tolerances of the instrument. */
static SNES solver_for(problem *p, Vec *X, Mat *A) {
  SNES snes;
  SNESLineSearch search;
  KSP ksp;
  PC pc;
  const PetscInt n = p->fem->equations;
  CHECK(VecCreateSeq(PETSC_COMM_SELF, n, X));
  CHECK(VecSet(*X, 0));
  CHECK(MatCreateSeqAIJ(PETSC_COMM_SELF, n, n, 100, NULL, A));
  CHECK(MatSetOption(*A, MAT_SYMMETRIC, PETSC_TRUE));
  CHECK(MatSetOption(*A, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  CHECK(SNESCreate(PETSC_COMM_SELF, &snes));
  CHECK(SNESSetType(snes, SNESNEWTONLS));
  CHECK(SNESSetFunction(snes, NULL, residual, p));
  CHECK(SNESSetJacobian(snes, *A, *A, tangent, p));
  CHECK(SNESGetLineSearch(snes, &search));
  CHECK(SNESLineSearchSetType(search, SNESLINESEARCHBASIC));
  CHECK(SNESSetTolerances(snes, 1e-7 * 22.5, 0, 0, 30, 1000));
  CHECK(SNESGetKSP(snes, &ksp));
  CHECK(KSPSetType(ksp, KSPPREONLY));
  CHECK(KSPGetPC(ksp, &pc));
  CHECK(PCSetType(pc, PCCHOLESKY));
  CHECK(PCFactorSetMatOrderingType(pc, MATORDERINGND));
  return snes;
}

/* The 17 steps of suction of the reference measurement, then release: as taut__fem_step does, but with SNES. */
static void petsc_gives_the_same_suction_curve(void **state) {
  (void)state;
  const person reference = plain_person();
  const taut_skin_law skin = layers_of(&reference);
  const taut_suction s = taut__suction_default(&skin, 1, TAUT_MESH_M2);
  taut_suction_result own;
  assert_int_equal(taut__suction_run(&s, &own), TAUT_OK);
  problem p = {0};
  assert_int_equal(taut__fem_create(&s.probe, &p.fem), TAUT_OK);
  p.at = taut__alloc_doubles((size_t)p.fem->equations);
  Vec X;
  Mat A;
  SNES snes = solver_for(&p, &X, &A);
  const clock_t from = clock();
  PetscInt iterations = 0;
  for (int i = 1; i <= own.points; i++) {
    const taut_viscous_step step = taut__viscous_step(&skin.viscosity, own.time[i] - own.time[i - 1]);
    for (int n = 0; n < p.fem->batches; n++)
      p.fem->k->carry(&p.fem->batch[n], TAUT_VISCOUS_TERMS, step.decay, step.gain);
    p.fem->tangent_scale = step.total - 1;
    p.P = own.pressure[i];
    SNESConvergedReason reason;
    PetscInt n;
    if (i == 1) taut__fem_assemble(p.fem, 0, &(double){0}); /* so that the first move finds an elimination */
    CHECK(SNESSolve(snes, NULL, X));
    CHECK(SNESGetConvergedReason(snes, &reason));
    assert_true(reason > 0);
    CHECK(SNESGetIterationNumber(snes, &n));
    iterations += n;
    for (int b = 0; b < p.fem->batches; b++)
      p.fem->k->accept(&p.fem->batch[b], TAUT_VISCOUS_TERMS, step.decay, step.gain);
    assert_true(fabs(taut__fem_apex(p.fem) - own.apex[i]) < 1e-8);
  }
  print_message("# PETSc: %d iterations, %.3f s; own solver: %ld, %.3f s\n", (int)iterations,
                (double)(clock() - from) / CLOCKS_PER_SEC, own.work.solves, own.seconds);
  CHECK(SNESDestroy(&snes));
  CHECK(MatDestroy(&A));
  CHECK(VecDestroy(&X));
  taut__fem_destroy(&p.fem);
  free(p.at);
  taut__suction_free(&own);
}

int main(int argc, char **argv) {
  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  const struct CMUnitTest tests[] = {cmocka_unit_test(petsc_gives_the_same_suction_curve)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  return PetscFinalize() || failed;
}
