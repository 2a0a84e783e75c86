/* The MPI behind a communicator, for libraries that speak MPI themselves (parallel HDF5).  Only in builds with MPI. */
#ifndef TAUT_DOMAIN_DISTRIBUTED_COMM_MPI_H
#define TAUT_DOMAIN_DISTRIBUTED_COMM_MPI_H

#include <mpi.h>

#include "domain/distributed/comm.h"

/** Lent; MPI_COMM_SELF for NULL, which needs a started MPI. */
MPI_Comm taut__comm_mpi(const taut_comm *comm);

#endif
