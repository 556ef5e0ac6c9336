// usage: imports FOLDER LIBRARY...
// Reads the native libraries in FOLDER (PE, ELF, Mach-O), and checks that what they import is exported by another of them, or is the
// system's. Each LIBRARY must be there. Prints a line for each library, and what does not hold; the exit code is the number of faults.
// Left out is libtorch's library for Python, which nothing loads here.

using System.Text;

var folder = args[0];
List<string> faults = [];
var libraries = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
    .Where(path => path.EndsWith(".dll", StringComparison.Ordinal) || path.EndsWith(".dylib", StringComparison.Ordinal)
        || (path.Contains(".so", StringComparison.Ordinal) && !path.EndsWith(".dbg", StringComparison.Ordinal)))
    .Where(path => !Path.GetFileName(path).StartsWith("libtorch_python", StringComparison.Ordinal))
    .Select(NativeLibraryFile.TryRead)
    .OfType<NativeLibraryFile>()
    .ToDictionary(library => library.FileName, StringComparer.OrdinalIgnoreCase);
faults.AddRange(args[1..].Where(name => !libraries.ContainsKey(name)).Select(name => $"{name} is not there"));
var allExports = libraries.Values.SelectMany(library => library.Exports).ToHashSet();

foreach (var library in libraries.Values.OrderBy(library => library.FileName, StringComparer.Ordinal))
{
    var before = faults.Count;
    var (resolved, ofSystem) = (0, 0);
    foreach (var needed in library.NeededLibraries)
    {
        var name = Path.GetFileName(needed);
        if (!libraries.TryGetValue(name, out var other))
        {
            if (!SystemLibraries.Has(needed))
            {
                faults.Add($"{library.FileName} needs {needed}, which is neither here nor the system's");
            }
        }
        else if (needed.StartsWith('/') && needed != other.InstallName)
        {
            faults.Add($"{library.FileName} needs {needed}, but that here has the install name {other.InstallName}");
        }
        else if (needed.StartsWith('/'))
        {
            Console.WriteLine($"         {library.FileName} asks for {needed}, the install name of that here");
        }
    }

    foreach (var (symbol, from) in library.Imports)
    {
        var isHere = from is null ? allExports.Contains(symbol)
            : libraries.TryGetValue(Path.GetFileName(from), out var other) && other.Exports.Contains(symbol);
        resolved += isHere ? 1 : 0;
        ofSystem += !isHere && from is not null && SystemLibraries.Has(from) ? 1 : 0;
        if (!isHere && (from is null || !SystemLibraries.Has(from)))
        {
            faults.Add($"{library.FileName} imports {symbol} from {from ?? "somewhere"}, which nothing here exports");
        }
    }

    Console.WriteLine(
        $"  {(faults.Count == before ? "held  " : "BROKEN")} {library.FileName}: {resolved} imports from here, {ofSystem} from the system"
        + (library.MinSystem is null ? "" : $"; {library.MinSystem}"));
}

foreach (var fault in faults.Take(20))
{
    Console.WriteLine($"  BROKEN {fault}");
}

return Math.Min(faults.Count + (libraries.Count == 0 ? 1 : 0), 100);

/// <summary>Libraries that every system of a kind has; on Windows the C++ runtime is one that the user installs.</summary>
internal static class SystemLibraries
{
    private static readonly string[] Linux =
        ["libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libgcc_s.so", "libstdc++.so", "ld-linux", "libfontconfig.so"];

    private static readonly string[] Windows =
    [
        "api-ms-win-", "ext-ms-", "kernel32.dll", "advapi32.dll", "user32.dll", "gdi32.dll", "ole32.dll", "oleaut32.dll", "shell32.dll",
        "ws2_32.dll", "psapi.dll", "iphlpapi.dll", "userenv.dll", "dbghelp.dll", "setupapi.dll", "dxgi.dll", "wintrust.dll", "imagehlp.dll",
        "ntdll.dll", "shlwapi.dll", "bcrypt.dll", "fontsub.dll", "version.dll", "opengl32.dll", "d3d12.dll", "msvcp140", "vcruntime140",
        "concrt140.dll", "vcomp140.dll", "ucrtbase.dll", "usp10.dll", "rpcrt4.dll",
    ];

    public static bool Has(string name) =>
        name.StartsWith("/usr/lib/", StringComparison.Ordinal) || name.StartsWith("/System/Library/", StringComparison.Ordinal)
        || Linux.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        || Windows.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}

/// <summary>What a native library exports and imports.</summary>
/// <param name="path">The file.</param>
internal sealed class NativeLibraryFile(string path)
{
    private readonly byte[] _bytes = File.ReadAllBytes(path);

    public string FileName { get; } = Path.GetFileName(path);

    /// <summary>Of Mach-O: the name by which the loader knows it.</summary>
    public string InstallName { get; private set; } = "";

    public string? MinSystem { get; private set; }

    public HashSet<string> Exports { get; } = [];

    public List<string> NeededLibraries { get; } = [];

    /// <summary>Symbols, and the libraries they are from, where the file says that.</summary>
    public List<(string Symbol, string? From)> Imports { get; } = [];

    /// <summary>Null if it is no native library.</summary>
    public static NativeLibraryFile? TryRead(string path)
    {
        var library = new NativeLibraryFile(path);
        return (library._bytes.Length < 64 ? 0u : library.U32(0)) switch
        {
            0x464C457F => library.ReadElf(),
            0xFEEDFACF => library.ReadMachO(0),
            0xBEBAFECA => library.ReadFat(),
            var start when (start & 0xFFFF) == 0x5A4D => library.ReadPe(),
            _ => null,
        };
    }

    private uint U32(long at) => BitConverter.ToUInt32(_bytes, checked((int)at));

    private ulong U64(long at) => BitConverter.ToUInt64(_bytes, checked((int)at));

    private int U16(long at) => BitConverter.ToUInt16(_bytes, checked((int)at));

    private uint BigEndian(long at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(checked((int)at)));

    private string Text(long at)
    {
        var rest = _bytes.AsSpan(checked((int)at));
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    /// <summary>Microsoft's PE format; a managed assembly is null.</summary>
    private NativeLibraryFile? ReadPe()
    {
        long header = U32(0x3C);
        var (sectionCount, optional) = (U16(header + 6), header + 24);
        var sections = optional + U16(header + 20);
        var directories = optional + (U16(optional) == 0x20B ? 112 : 96);
        if (U32(directories + (14 * 8)) != 0)
        {
            return null;
        }

        long Offset(long address)
        {
            for (var at = sections; at < sections + (40 * sectionCount); at += 40)
            {
                if (address >= U32(at + 12) && address < U32(at + 12) + Math.Max(U32(at + 8), U32(at + 16)))
                {
                    return address - U32(at + 12) + U32(at + 20);
                }
            }

            throw new InvalidDataException($"{FileName} has no section at {address}.");
        }

        MinSystem = $"linked with {_bytes[optional + 2]}.{_bytes[optional + 3]}";
        if (U32(directories) is var exports and not 0)
        {
            var list = Offset(exports);
            for (var i = 0; i < U32(list + 24); i++)
            {
                Exports.Add(Text(Offset(U32(Offset(U32(list + 32)) + (4 * i)))));
            }
        }

        // The list of imports, then that of delayed ones: the size of a record, and where it has the library's name and the symbols.
        foreach (var (directory, size, name, symbols) in new[] { (1, 20, 12, 0), (13, 32, 4, 16) })
        {
            var at = U32(directories + (8 * directory)) is var table and not 0 ? Offset(table) : -1;
            for (; at >= 0 && U32(at + name) != 0; at += size)
            {
                var library = Text(Offset(U32(at + name)));
                NeededLibraries.Add(library);
                for (var entry = Offset(U32(at + symbols) is var names and not 0 ? names : U32(at + 16)); U64(entry) != 0; entry += 8)
                {
                    if ((long)U64(entry) > 0)
                    {
                        Imports.Add((Text(Offset((long)U64(entry)) + 2), library));
                    }
                }
            }
        }

        return this;
    }

    /// <summary>The dynamic symbols of ELF, 64 bits.</summary>
    private NativeLibraryFile ReadElf()
    {
        var (table, size, count) = ((long)U64(0x28), U16(0x3A), U16(0x3C));
        long Section(int type)
        {
            for (var i = 0; i < count; i++)
            {
                if (U32(table + (size * i) + 4) == type)
                {
                    return table + (size * i);
                }
            }

            return -1;
        }

        var dynamicSection = Section(6);
        var texts = (long)U64(table + (size * U32(dynamicSection + 40)) + 24);
        for (long at = (long)U64(dynamicSection + 24), end = at + (long)U64(dynamicSection + 32); at < end; at += 16)
        {
            if (U64(at) == 1)
            {
                NeededLibraries.Add(Text(texts + (long)U64(at + 8)));
            }
        }

        // Which library each needed version of symbols is from.
        Dictionary<int, string> versions = [];
        List<string> names = [];
        if (Section(0x6FFFFFFE) is var needs and >= 0)
        {
            for (long at = (long)U64(needs + 24), next = 1; next != 0; next = U32(at + 12), at += next)
            {
                for (long entry = at + U32(at + 8), step = 1; step != 0; step = U32(entry + 12), entry += step)
                {
                    versions[U16(entry + 6)] = Text(texts + U32(at + 4));
                    names.Add(Text(texts + U32(entry + 8)));
                }
            }
        }

        MinSystem = string.Join(", ", names.Where(name => name.StartsWith("GLIBC", StringComparison.Ordinal) && name.Contains('.'))
            .GroupBy(name => name.Split('_')[0], name => Version.Parse(name.Split('_')[1]))
            .Select(group => $"{group.Key} {group.Max()}"));
        var (symbols, versionsOfSymbols) = (Section(11), Section(0x6FFFFFFF));
        for (var i = 1; i < (long)U64(symbols + 32) / 24; i++)
        {
            var at = (long)U64(symbols + 24) + (24 * i);
            var (name, isWeak) = (Text(texts + U32(at)), _bytes[at + 4] >> 4 == 2);
            if (U16(at + 6) != 0)
            {
                Exports.Add(name);
            }
            else if (!isWeak)
            {
                var version = versionsOfSymbols < 0 ? 0 : U16((long)U64(versionsOfSymbols + 24) + (2 * i)) & 0x7FFF;

                // Threads are in the C library from glibc 2.34 on; older libraries name them without a version.
                var isThreads = version <= 1 && name.StartsWith("pthread_", StringComparison.Ordinal);
                Imports.Add((name, isThreads ? "libc.so.6" : versions.GetValueOrDefault(version)));
            }
        }

        return this;
    }

    /// <summary>A file of several processors, of which arm64 counts.</summary>
    private NativeLibraryFile? ReadFat()
    {
        for (var i = 0; i < BigEndian(4); i++)
        {
            if (BigEndian(8 + (20 * i)) == 0x0100000C)
            {
                return ReadMachO(BigEndian(16 + (20 * i)));
            }
        }

        return null;
    }

    /// <summary>Apple's Mach-O, 64 bits, from where it begins in the file. Each import has the number of the library it is from.</summary>
    private NativeLibraryFile ReadMachO(long start)
    {
        long symbols = 0, symbolCount = 0, texts = 0;
        for (long i = 0, at = start + 32; i < U32(start + 16); i++, at += U32(at + 4))
        {
            switch (U32(at))
            {
                case 0xD: // LC_ID_DYLIB
                    InstallName = Text(at + U32(at + 8));
                    break;
                case 0xC or 0x80000018 or 0x8000001F: // LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB
                    NeededLibraries.Add(Text(at + U32(at + 8)));
                    break;
                case 0x32: // LC_BUILD_VERSION
                    MinSystem = $"macOS {U32(at + 12) >> 16}.{U32(at + 12) >> 8 & 0xFF} or later";
                    break;
                case 0x2: // LC_SYMTAB
                    (symbols, symbolCount, texts) = (start + U32(at + 8), U32(at + 12), start + U32(at + 16));
                    break;
            }
        }

        for (var at = symbols; at < symbols + (16 * symbolCount); at += 16)
        {
            var (type, description) = (_bytes[at + 4], U16(at + 6));
            if ((type & 0xE0) != 0 || (type & 1) == 0)
            {
                continue; // for debuggers, or not external
            }

            var number = description >> 8;
            if ((type & 0xE) != 0)
            {
                Exports.Add(Text(texts + U32(at)));
            }
            else if ((description & 0x40) == 0) // not a weak one
            {
                Imports.Add((Text(texts + U32(at)), number >= 1 && number <= NeededLibraries.Count ? NeededLibraries[number - 1] : null));
            }
        }

        return this;
    }
}
