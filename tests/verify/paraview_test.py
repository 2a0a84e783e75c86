"""ParaView reads the fields of a patch: times, names with units, values, places; and draws them.
Usage: paraview_test.py PATCH_FIELDS_TEST LOOK_AT_FIELDS"""
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

program, script = map(os.path.abspath, sys.argv[1:3])
NAME = 'paraview opens the fields of a patch'


def skip(reason):
    print(f'1..1\nok 1 - {NAME} # SKIP {reason}')
    sys.exit(0)


def colours(path):
    """Number of different pixels of an RGB picture, and its size."""
    with open(path, 'rb') as file:
        data = file.read()
    width, height = struct.unpack('>II', data[16:24])
    packed, at = b'', 8
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        if kind == b'IDAT':
            packed += data[at + 8:at + 8 + length]
        at += 12 + length
    rows = zlib.decompress(packed)
    return len({rows[i:i + 3] for i in range(0, len(rows), 97)}), width, height


if shutil.which('pvpython') is None:
    skip('no pvpython here (Debian: paraview)')
display = [] if os.environ.get('DISPLAY') else ['xvfb-run', '-a']
if display and shutil.which('xvfb-run') is None:
    skip('no display here, and no xvfb-run (Debian: xvfb)')

failures = []


def check(good, what):
    if not good:
        failures.append(what)


with tempfile.TemporaryDirectory(prefix='taut-test-') as folder:
    subprocess.run([program, 'write', folder, '20'], check=True, timeout=60)
    picture = os.path.join(folder, 'fields.png')
    for _ in range(3):
        done = subprocess.run([*display, 'pvpython', script, folder, '--field', 'C3', '--day', '28', '--picture', picture],
                              cwd='/', capture_output=True, text=True, timeout=240, check=False)
        if 'bad X server connection' not in done.stderr:
            break  # else another program took the same display
    check(done.returncode == 0, 'the script ends well')
    check('days: 0, 0.0416667, 28\n' in done.stdout, 'three times')
    check('arrays: C3 [1], K [1], layer, T [pg/mm^3]\n' in done.stdout, 'names with units')
    check('from (0, 0, -1.8) to (1.5, 1.5, 0) mm' in done.stdout, 'the surface on top, depth downwards')
    found = re.search(r'C3 \[1\] on day 28: (\S+) to (\S+)', done.stdout)
    # single precision; the largest is near x = y = 0 in the first plane of the papillary dermis
    check(found and float(found[1]) == 0 and 6.5 < float(found[2]) < 7, 'values of that day')
    check(os.path.exists(picture) and colours(picture)[0] > 50 and colours(picture)[1:] == (1200, 900), 'a picture')
    if failures:
        print(f'# {failures}\n{done.stdout}{done.stderr}', file=sys.stderr)
print(f'1..1\n{"not ok" if failures else "ok"} 1 - {NAME}')
sys.exit(bool(failures))
