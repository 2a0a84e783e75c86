"""Processes that fail, and disks that fill: no process waits for ever, none takes itself for the whole run, and nothing half
written gets a name.  Usage: processes_test.py COMM_TEST PATCH_FIELDS_TEST"""
import os
import shutil
import subprocess
import sys
import tempfile

comm, fields = sys.argv[1:3]
mpirun = shutil.which('mpirun')


def run(*command, **variables):
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60, check=False)


def a_killed_process_ends_all():
    done = run(mpirun, '-n', '3', comm, 'die')
    return done.returncode != 0, done


def processes_that_mpi_cannot_join_are_refused():
    # as srun starts them where it does not know the MPI library: each sees itself only
    done = run(comm, PMI_SIZE='4')
    return done.returncode == 3 and 'started as 4 processes' in done.stderr and 'sees 1' in done.stderr, done


def a_process_killed_while_it_writes_leaves_no_file_of_that_name():
    with tempfile.TemporaryDirectory(prefix='taut-test-') as folder:
        done = run(mpirun, '-n', '2', fields, 'die', folder)
        left = os.listdir(folder)
    return done.returncode != 0 and 'reached' not in done.stdout and 'fields_001.h5' not in left, done


def a_full_disk_is_an_error_of_all():
    script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    with tempfile.TemporaryDirectory(prefix='taut-test-') as folder:
        if run('unshare', '-rm', 'sh', '-c', script, folder, 'true').returncode != 0:
            return None, 'no file system can be made here'
        for processes in '1', '2', '3':
            done = run('unshare', '-rm', 'sh', '-c', script, folder, mpirun, '-n', processes, fields, 'full', folder)
            if done.returncode != 0 or done.stdout.count('\nok ') + done.stdout.startswith('ok ') != 2:
                return False, done
    return True, done


TESTS = (a_killed_process_ends_all, processes_that_mpi_cannot_join_are_refused,
         a_process_killed_while_it_writes_leaves_no_file_of_that_name, a_full_disk_is_an_error_of_all)
failures = 0
for number, test in enumerate(TESTS, 1):
    try:
        good, done = test()
    except subprocess.TimeoutExpired as late:
        good, done = False, late
    if good is False:
        failures += 1
        print(f'# {done}', file=sys.stderr)
    print(f'{"not ok" if good is False else "ok"} {number} - {test.__name__.replace("_", " ")}'
          + (f' # SKIP {done}' if good is None else ''))
print(f'1..{len(TESTS)}')
sys.exit(failures > 0)
