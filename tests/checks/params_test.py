"""Every parameter row is read by the program, or said to be idle.  Prints TAP.

A parameter that no line of the sources reads would be accepted, recorded and without effect: nobody could tell from the
outside.  What is known to be idle stands in src/param/idle.def, and whoever sets it is told so."""
import pathlib
import re
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Rows that no line of the sources reads yet, and why they stay.
UNREAD = {
    'healing.kill_th': 'reference zone of radiofrequency heat, which this version does not have',
}


def bare(text):
    """Sources without comments and texts."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', ' ', text, flags=re.S)


def rows(root):
    """group.name of every row of every parameter table."""
    found = []
    for path in sorted(root.glob('src/*/*.def')):
        names = re.findall(r'^PARAM\((\w+),', path.read_text(encoding='utf-8'), re.M)
        group = 'surface' if path.name == 'surface.def' else path.parent.name
        found += [f'{group}.{name}' for name in names]
    return found


def unread(root):
    """Rows that no source file reads as a member, p->name or p.name."""
    text = ' '.join(bare(path.read_text(encoding='utf-8')) for path in sorted(root.glob('src/*/*.[ch]')))
    text += ' '.join(bare(path.read_text(encoding='utf-8')) for path in sorted(root.glob('src/*/*.def'))
                     if not re.search(r'^PARAM\(', path.read_text(encoding='utf-8'), re.M))
    members = set(re.findall(r'(?:->|\.)\s*(\w+)', text))
    return {row for row in rows(root) if row.split('.')[1] not in members}


def every_parameter_is_read_or_known_not_to_be():
    assert len(rows(ROOT)) > 350, len(rows(ROOT))
    assert unread(ROOT) <= set(UNREAD), sorted(unread(ROOT) - set(UNREAD))


def idle_keys_are_keys_and_parameters():
    idle = re.findall(r'^(?:IDLE|PATCH)\("([^"]+)"\)', (ROOT / 'src/param/idle.def').read_text(encoding='utf-8'), re.M)
    keys = re.findall(r'^KEY\("([^"]+)"', (ROOT / 'src/param/case.def').read_text(encoding='utf-8'), re.M)
    assert len(idle) > 10 and len(idle) == len(set(idle)), idle
    assert set(idle) <= set(keys) | set(rows(ROOT)), set(idle) - set(keys) - set(rows(ROOT))
    assert 'healing.kill_th' in idle


def a_row_that_nothing_reads_is_found():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / 'src/skin').mkdir(parents=True)
        (root / 'src/skin/params.def').write_text('PARAM(used, "1")\nPARAM(lost, "1")\nPARAM(longer, "1")\n')
        (root / 'src/skin/skin.c').write_text('/* p->lost */ x = p->used + p->longer_one; "p->lost";\n')
        assert unread(root) == {'skin.lost', 'skin.longer'}, unread(root)


TESTS = [every_parameter_is_read_or_known_not_to_be, idle_keys_are_keys_and_parameters, a_row_that_nothing_reads_is_found]


def main():
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
