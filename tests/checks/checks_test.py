#!/usr/bin/env python3
"""The checks of the sources and the front door must themselves be able to fail.  Speaks TAP."""

import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / 'scripts'
sys.dont_write_bytecode = True


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    return done.returncode, done.stdout


# ------------------------------------------------------------------------------------------------ check-includes ----

def tree(folder, files):
    """A small source tree with the real rules."""
    root = pathlib.Path(folder)
    (root / 'scripts').mkdir(parents=True)
    shutil.copy(SCRIPTS / 'rooms.txt', root / 'scripts/rooms.txt')
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


GOOD = {
    'src/base/base.h': '#include <taut/taut.h>\n#include <stdio.h>\n',
    'src/param/units.c': '#include "base/base.h"\n#include <udunits2.h>\n',
    'src/skin/skin.c': '/* #include "healing/healing.h" */\n#include "param/case.h"\n',
    'src/io/fields.c': '#include <hdf5.h>\n#include <jansson.h>\n#include "observe/result.h"\n',
    'src/domain/distributed/patch.c': '#include <petscts.h>\n#include <mpi.h>\n',
    'src/param/table.def': '/* ROW(name, unit) */\nROW(a, "1")\n',
    'cli/main.c': '#include <taut/taut.h>\n#include "cli.h"\n',
    'cli/cli.h': '#include <stdio.h>\n',
}

BAD = [
    ('src/skin/skin.c', '\n#include "healing/healing.h"\n', 'src/skin/skin.c:2: room skin may not include healing'),
    ('src/healing/a.c', '#include "domain/domain.h"\n', 'src/healing/a.c:1: room healing may not include domain'),
    ('src/base/a.c', '#include "param/case.h"\n', 'room base may not include param (allowed: no room)'),
    ('src/skin/a.c', '#include "skin.h"\n', 'src/skin/a.c:1: "skin.h" should read "room/file"'),
    ('src/skin/a.c', '#include <param/case.h>\n', 'write "param/case.h", not <param/case.h>'),
    ('src/skin/a.c', '#  include <yaml.h>\n', '<yaml.h> belongs to param only'),
    ('src/param/a.c', '#include <jansson.h>\n', '<jansson.h> belongs to io, run only'),
    ('src/course/a.c', '#include <hdf5.h>\n', '<hdf5.h> belongs to'),
    ('src/domain/a.c', '#include <petscts.h>\n', '<petscts.h> belongs to domain/distributed, fem only'),
    ('src/domain/distributed_not/a.c', '#include <mpi.h>\n', '<mpi.h> belongs to domain/distributed'),
    ('src/study/a.c', '#include "run/run.h"\n', '"run/run.h" is not public'),
    ('src/cellar/a.c', '', 'src/cellar is no room'),
    ('cli/main.c', '#include "base/base.h"\n', 'cli/main.c:1: "base/base.h" is not public'),
    ('cli/main.c', '#include <base/base.h>\n', '<base/base.h> is not public'),
    ('include/taut/more.h', '#include <jansson.h>\n', '<jansson.h> stays inside the library'),
    ('src/param/table.def', 'ROW(a)\n', 'src/param/table.def:1: a table opens with a comment'),
    ('src/param/table.def', '/* ROW(a) */\nROW(a)\nLINE(b)\n', 'table.def:3: the opening comment does not show the columns'),
    ('src/base/long.c', '\n' * 601, 'src/base/long.c:601: 601 lines'),
]


def allowed_includes_pass():
    with tempfile.TemporaryDirectory() as folder:
        status, text = run(SCRIPTS / 'check-includes', tree(folder + '/t', GOOD))
        assert (status, text) == (0, ''), text


def each_forbidden_thing_is_found_with_its_place():
    for name, text, message in BAD:
        with tempfile.TemporaryDirectory() as folder:
            status, answer = run(SCRIPTS / 'check-includes', tree(folder + '/t', {**GOOD, name: text}))
            assert status == 1 and message in answer, f'{name}: wanted {message!r}, got {answer!r}'
            assert answer.count('\n') == 1, answer


def a_room_cannot_be_allowed_to_include_one_above_it():
    with tempfile.TemporaryDirectory() as folder:
        root = tree(folder + '/t', {})
        (root / 'scripts/rooms.txt').write_text('room base: param\nroom param:\n')
        status, text = run(SCRIPTS / 'check-includes', root)
        assert status == 1 and 'room base may not include param' in text, text


# ----------------------------------------------------------------------------------------------------- run-tests ----

def load(name):
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def counts_of_tap_crashes_and_plain_programs():
    count = load('run-tests').count
    rows = [
        ('1..2\nok 1 - a\nok 2 - b\n', 'OK', (2, 0, 0)),
        ('1..2\nok 1 - a\nnot ok 2 - b\n', 'FAIL', (1, 1, 0)),
        ('ok 1\nok 2 # skip no terminal\n1..2\n', 'OK', (1, 0, 1)),
        ('1..3\nok 1 - a\n', 'ERROR', (1, 2, 0)),             # crashed after the first
        ('1..2\nok 1 - a\nok 2 - b\n', 'ERROR', (2, 1, 0)),   # a leak found at exit
        ('1..2\nok 1 - a\nok 2 - b\n', 'TIMEOUT', (2, 1, 0)),
        ('not ok 1 - b # TODO later\n1..1\n', 'OK', (1, 0, 0)),
        ('', 'ERROR', (0, 1, 0)),
        ('chatter\nokay\n', 'OK', (1, 0, 0)),
        ('', 'FAIL', (0, 1, 0)),
        ('', 'SKIP', (0, 0, 1)),
        (None, 'OK', (1, 0, 0)),
    ]
    for text, result, wanted in rows:
        got = count({'name': 'x', 'stdout': text, 'result': result})
        assert got == wanted, f'{text!r} {result}: {got}, wanted {wanted}'


def the_summary_ends_with_the_counts_and_fails_when_it_should():
    good = {'name': 'a', 'stdout': '1..2\nok 1\nok 2\n', 'result': 'OK'}
    bad = {'name': 'b', 'stdout': '1..1\nnot ok 1\n', 'result': 'FAIL'}
    for runs, last, wanted in [([good], '2 passed, 0 failed', 0), ([good, bad], '2 passed, 1 failed', 1),
                               ([], '0 passed, 0 failed', 1)]:
        with tempfile.TemporaryDirectory() as folder:
            logs = pathlib.Path(folder, 'meson-logs')
            logs.mkdir()
            (logs / 'testlog.json').write_text(''.join(json.dumps(one) + '\n' for one in runs))
            status, text = run(SCRIPTS / 'run-tests', folder, '--count-only')
            assert (status, text.splitlines()[-1]) == (wanted, last), text


# -------------------------------------------------------------------------------------------------- install-deps ----

def fake_system(folder, uid, installed, sudo):
    """A PATH with imitations of dpkg-query, apt-get, id and sudo; apt-get writes what it was asked."""
    bin_folder = pathlib.Path(folder, 'bin')
    bin_folder.mkdir()
    for tool in ('sh', 'awk', 'sed', 'env', 'dirname', 'printf', 'cat'):
        (bin_folder / tool).symlink_to(shutil.which(tool))
    scripts = {
        'dpkg-query': 'for p in ' + ' '.join(installed or ['-']) + '; do\n  if [ "$4" = "$p" ]; then printf installed; fi\n'
                      'done',
        'apt-get': f'echo "$*" >>"{folder}/asked"',
        'id': f'echo {uid}',
    }
    if sudo:
        scripts['sudo'] = f'[ "$1" != -n ] || exit 0\necho sudo >>"{folder}/asked"\nexec "$@"'
    for name, body in scripts.items():
        path = bin_folder / name
        path.write_text(f'#!/bin/sh\n{body}\n')
        path.chmod(0o755)
    return {'PATH': str(bin_folder)}


def packages(section):
    lines = (SCRIPTS / 'packages.txt').read_text().split(f'[{section}]')[1].split('[')[0].splitlines()
    return [line.split()[0] for line in lines if line.strip()]


def dependencies(uid, missing, sudo):
    """Runs install-deps on a system that lacks `missing`; returns status, output and the orders given to apt-get."""
    with tempfile.TemporaryDirectory() as folder:
        there = [name for name in packages('build') if name not in missing]
        status, text = run(SCRIPTS / 'install-deps', env=fake_system(folder, uid, there, sudo), stdin=subprocess.DEVNULL)
        asked = pathlib.Path(folder, 'asked')
        return status, text, asked.read_text().splitlines() if asked.exists() else []


def nothing_is_asked_when_nothing_is_missing():
    assert dependencies(0, [], False) == (0, '', [])


def only_missing_packages_are_installed_and_named_first():
    status, text, asked = dependencies(0, ['meson', 'libgsl-dev'], False)
    assert status == 0, text
    assert asked[-1].endswith(' -q install --yes --no-install-recommends --no-remove meson libgsl-dev'), asked
    assert 'libgsl-dev         special functions' in text and 'libyaml' not in text, text


def an_ordinary_user_installs_through_sudo():
    status, text, asked = dependencies(1000, ['meson'], True)
    assert status == 0 and 'sudo' in asked and asked[-1].endswith('--no-remove meson'), (text, asked)


def without_sudo_the_command_for_an_administrator_is_told():
    status, text, asked = dependencies(1000, ['meson', 'python3'], False)
    assert status == 1 and asked == [], (status, asked)
    assert 'apt-get update && apt-get install --yes --no-install-recommends --no-remove meson python3' in text, text


def every_package_has_a_reason():
    for line in (SCRIPTS / 'packages.txt').read_text().splitlines():
        if line and line[0] not in '#[':
            name, _, why = line.partition('#')
            assert name.strip() and why.strip(), line


TESTS = [
    allowed_includes_pass,
    each_forbidden_thing_is_found_with_its_place,
    a_room_cannot_be_allowed_to_include_one_above_it,
    counts_of_tap_crashes_and_plain_programs,
    the_summary_ends_with_the_counts_and_fails_when_it_should,
    nothing_is_asked_when_nothing_is_missing,
    only_missing_packages_are_installed_and_named_first,
    an_ordinary_user_installs_through_sudo,
    without_sudo_the_command_for_an_administrator_is_told,
    every_package_has_a_reason,
]


def main():
    os.environ.pop('TAUT_DEPS', None)
    print(f'1..{len(TESTS)}')
    failures = 0
    for number, test in enumerate(TESTS, 1):
        try:
            test()
            print(f'ok {number} - {test.__name__}', flush=True)
        except Exception:  # any trouble is a failed test case
            failures += 1
            print(f'not ok {number} - {test.__name__}', flush=True)
            for line in traceback.format_exc().splitlines():
                print('# ' + line)
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
