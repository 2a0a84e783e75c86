"""The pages of docs/ and README.md against the sources: nothing that a page promises may be missing, and no row of the
sources may be missing from the page that lists it.  Prints TAP."""
import fnmatch
import pathlib
import re
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob('docs/*.md')) + [ROOT / name for name in ('README.md', 'CONTRIBUTING.md', 'CHANGELOG.md')]
PAGES += sorted(ROOT.glob('examples/*.md'))


def text(name):
    return (ROOT / name).read_text(encoding='utf-8')


def rows(name, macro):
    """First argument of every row of an X-macro file."""
    found = re.findall(rf'^{macro}\("?([\w.]+)"?,', text(name), re.M)
    assert found, name
    return found


def code_words(page):
    """What stands in `code font`."""
    return set(re.findall(r'`([^`\n]+)`', text(page)))


def head(path):
    """Lines of the comment at the head of a source file."""
    comment = re.match(r'/\*(.*?)\*/', path.read_text(encoding='utf-8'), re.S)
    assert comment, path
    return [re.sub(r'^ \* ?', '', line).rstrip() for line in comment.group(1).split('\n')]


def squeezed(line):
    return re.sub(r'\s+', ' ', line).strip()


def healing_equations(path):
    """The block `Equation:` of a process of healing."""
    lines = []
    inside = False
    for line in head(path):
        if line.startswith('Equation:'):
            inside = True
        elif inside and re.match(r'\S', line):
            break
        elif inside and line:
            lines.append(squeezed(line))
    return lines


def indented_equations(path):
    return [squeezed(line) for line in head(path) if line.startswith('  ')]


def theory():
    """Both pages of equations."""
    return text('docs/theory.md') + text('docs/theory-mechanics.md')


def processes():
    """Files of strip functions."""
    found = [path for path in sorted((ROOT / 'src/healing').glob('*.c')) if re.search(r'^STRIP\(', path.read_text(), re.M)]
    assert len(found) >= 8, found
    return found


def theory_has_the_equations_of_every_process():
    page = squeezed(text('docs/theory.md'))
    for path in processes():
        assert f'`{path.relative_to(ROOT)}`' in text('docs/theory.md'), f'{path} is not named'
        equations = healing_equations(path)
        assert equations, f'{path} has no block Equation:'
        for line in equations:
            assert line in page, f'{path.name}: not in docs/theory.md: {line}'


def theory_has_the_equations_of_skin_needling_gains_and_instruments():
    page = squeezed(theory())
    paths = [ROOT / name for name in ('src/skin/skin.c', 'src/needling/puncture.c', 'src/needling/pattern.c',
                                      'src/needling/spread.c', 'src/healing/gains.c')]
    laws = [path for folder in ('mechanics', 'instruments', 'fem') for path in sorted((ROOT / f'src/{folder}').glob('*.c'))
            if path.read_text(encoding='utf-8').startswith('/*') and indented_equations(path)]
    assert len(laws) >= 13, laws
    for path in paths + laws:
        equations = indented_equations(path)
        assert equations, path
        assert path in paths or f'`{path.relative_to(ROOT)}`' in page, f'{path} is not named'
        for line in equations:
            assert line in page, f'{path.name}: not in the theory pages: {line}'


def every_process_says_what_it_is():
    for path in processes():
        comment = '\n'.join(head(path))
        for word in ('Process:', 'Equation:', 'Symbols:', 'Assumptions:', 'Sources:', 'Verified by:'):
            assert word in comment, f'{path} has no {word}'
        for file in re.findall(r'tests/[\w/]+\.c', comment):
            assert (ROOT / file).is_file(), f'{path} names {file}, which does not exist'


def every_parameter_is_in_the_theory():
    tables = sorted((ROOT / 'src').glob('*/params.def')) + [ROOT / 'src/instruments/surface.def']
    assert len(tables) >= 5, tables
    words = code_words('docs/theory.md') | code_words('docs/theory-mechanics.md')
    blocks = ' '.join(re.findall(r'```\n(.*?)```', theory(), re.S))
    symbols = set(re.findall(r'\w+', blocks))
    for path in tables:
        for name in rows(path.relative_to(ROOT), 'PARAM'):
            assert name in words or name in symbols, f'{name} of {path.relative_to(ROOT)} is not in the theory pages'


def every_case_key_and_quantity_is_in_the_guide():
    words = code_words('docs/guide.md')
    for key in rows('src/param/case.def', 'KEY'):
        assert key in words, f'{key} is not in docs/guide.md'
    for name in rows('src/observe/quantities.def', 'QUANTITY'):
        assert name in words or name.endswith(('_reticular', '_young')), f'{name} is not in docs/guide.md'


def every_command_and_option_is_in_the_guide():
    page = text('docs/guide.md')
    table = text('cli/table.c')
    commands = re.findall(r'\{\.name = "([a-z]+)",\s*\.run', table)
    assert 'run' in commands, commands
    for name in commands:
        assert f'taut {name}' in page, f'taut {name} is not in docs/guide.md'
    options = [o for o in re.findall(r'\{\s*\.name = "([a-z-]+)",(.*?)\}', table, re.S) if '.kind' in o[1]]
    assert len(options) > 10, options
    for name, rest in options:
        if '.absent' in rest or name in commands or name in ('help', 'version', 'man', 'completion'):
            continue
        assert f'--{name}' in page, f'--{name} is not in docs/guide.md'


def every_room_is_in_the_architecture():
    words = code_words('docs/architecture.md')
    rooms = re.search(r"foreach room : \[([^]]*)\]", text('meson.build')).group(1)
    for room in re.findall(r"'(\w+)'", rooms):
        assert f'src/{room}/' in words, f'src/{room}/ is not in docs/architecture.md'


def every_test_program_is_in_the_verification_page():
    patterns = [word for word in code_words('docs/verification.md') if word.endswith(('_test.c', '_test.py'))]
    for path in sorted(ROOT.glob('tests/*/*_test.*')):
        listed = any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
        assert listed, f'{path.relative_to(ROOT)} is not in docs/verification.md'


def links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r'\]\(([^)#]+)(?:#[^)]*)?\)', page.read_text(encoding='utf-8')):
            if '://' not in target:
                assert (page.parent / target).exists(), f'{page.relative_to(ROOT)}: {target} does not exist'


def files_named_in_the_pages_exist():
    made = {'build/docs/parameters.md'}
    for page in PAGES:
        for word in code_words(page.relative_to(ROOT)):
            if not re.fullmatch(r'(src|cli|docs|tests|examples|presets|scripts|include|bench)/[\w./-]*', word) or word in made:
                continue
            assert (ROOT / word).exists() or 'NAME' in word, f'{page.relative_to(ROOT)}: {word} does not exist'


def the_notice_stands_where_people_read_results():
    notice = re.search(r'#define TAUT_NOTICE "([^"]+)"', text('include/taut/taut.h')).group(1).rstrip('.')
    for page in ('README.md', 'docs/guide.md'):
        assert squeezed(notice) in squeezed(text(page)), f'{page} lacks: {notice}'


TESTS = [
    theory_has_the_equations_of_every_process,
    theory_has_the_equations_of_skin_needling_gains_and_instruments,
    every_process_says_what_it_is,
    every_parameter_is_in_the_theory,
    every_case_key_and_quantity_is_in_the_guide,
    every_command_and_option_is_in_the_guide,
    every_room_is_in_the_architecture,
    every_test_program_is_in_the_verification_page,
    links_lead_somewhere,
    files_named_in_the_pages_exist,
    the_notice_stands_where_people_read_results,
]


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
