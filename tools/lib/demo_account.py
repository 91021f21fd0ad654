"""Tells in words what the demo's run cost, from the kernel's statistics."""

PAGE = 4096


def tell(stats):
    lines = ['', 'What the kernel did:']
    for image in stats.get('images', []):
        if image['name'].lower().startswith('ntdll'):
            continue
        private = image.get('copied_pages', 0)
        lines.append(
            f"  {image['name']:<12} {image['pages']:3} pages: {image['pages_read']} read from disk"
            f" ({image['bytes_read'] / 1024:g} KiB), shared by up to {image['processes_peak']}"
            f" process{'es' if image['processes_peak'] != 1 else ''}, {private}"
            f" page{'s' if private != 1 else ''} copied for the one that wrote")
    faults = {name: count for name, count in stats.get('faults', {}).items() if count}
    if faults:
        lines.append('  Faults: ' + ', '.join(f'{name} {count}' for name, count in faults.items()))
    disk = stats.get('disk', {})
    if disk:
        lines.append(f"  Disk: {disk['reads']} reads, {disk['bytes'] / 1024:g} KiB, of them"
                     f" {disk['metadata_sectors'] / 2:g} KiB to find the files")
    frames = stats.get('frames', {})
    if frames:
        lines.append(f"  Frames: {frames['peak']} of {frames['total']} in use at the most"
                     f" ({frames['peak'] * PAGE / 1024:g} KiB)")
    commit = stats.get('commit', {})
    if frames and commit:
        back = frames['baseline'] == frames['final'] and commit['baseline'] == commit['final']
        lines.append('  After the last process ended, every frame and every promised page was '
                     + ('given back.' if back else 'NOT given back.'))
    return '\n'.join(lines)
