// Compiled by MSBuild's inline task factory, against .NET Standard 2.0: no spans, no newer library calls.

using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF library and marks one symbol version that it needs as weak, so that a system without that version loads the copy.
/// Right only if nothing in the library ever calls a symbol of that version.
/// </summary>
/// <remarks>
/// The layout is that of the Linux Standard Base, "Symbol Versioning": section .gnu.version_r, entries Verneed and Vernaux.
/// </remarks>
public sealed class WeakenSymbolVersion : Task
{
    private const int ElfMagic = 0x464C457F; // 0x7F, 'E', 'L', 'F'
    private const int HeaderSize = 64;
    private const int NeededVersionsSection = 0x6FFFFFFE; // SHT_GNU_verneed
    private const byte WeakFlag = 2; // VER_FLG_WEAK

    [Required]
    public string Library { get; set; }

    [Required]
    public string SymbolVersion { get; set; }

    [Required]
    public string MendedLibrary { get; set; }

    public override bool Execute()
    {
        byte[] elf = File.ReadAllBytes(Library);
        try
        {
            int flags = FindVersionFlags(elf);
            elf[flags] |= WeakFlag;
        }
        catch (Exception error) when (error is InvalidDataException || error is ArgumentException || error is OverflowException
                                      || error is IndexOutOfRangeException)
        {
            Log.LogError($"{Library} could not be mended: {error.Message} Set MnistMLMendTorchSharp to false to build with it as it is.");
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(MendedLibrary));
        Write(elf);
        Log.LogMessage(MessageImportance.Normal, $"{Library} -> {MendedLibrary} (needs {SymbolVersion} weakly)");
        return true;
    }

    /// <summary>The offset of the flags of the one Vernaux entry that names <see cref="SymbolVersion"/>.</summary>
    private int FindVersionFlags(byte[] elf)
    {
        // The magic number, then: 64 bits, little-endian.
        if (elf.Length < HeaderSize || ReadInt32(elf, 0) != ElfMagic || elf[4] != 2 || elf[5] != 1)
            throw new InvalidDataException("It is not a 64-bit little-endian ELF file.");

        int section = FindSection(elf, NeededVersionsSection);
        int names = ReadOffset(elf, SectionHeader(elf, ReadInt32(elf, section + 40)) + 24); // sh_link's sh_offset
        int need = ReadOffset(elf, section + 24);
        for (int needsLeft = ReadInt32(elf, section + 44); needsLeft > 0; needsLeft--)
        {
            int version = need + ReadInt32(elf, need + 8);
            for (int versionsLeft = ReadUInt16(elf, need + 2); versionsLeft > 0; versionsLeft--)
            {
                if (ReadName(elf, names + ReadInt32(elf, version + 8)) == SymbolVersion)
                    return version + 4;
                version += ReadInt32(elf, version + 12);
            }

            need += ReadInt32(elf, need + 12);
        }

        throw new InvalidDataException($"It does not need the symbol version {SymbolVersion}.");
    }

    private static int FindSection(byte[] elf, int type)
    {
        int count = ReadUInt16(elf, 60);
        for (int index = 0; index < count; index++)
        {
            int header = SectionHeader(elf, index);
            if (ReadInt32(elf, header + 4) == type)
                return header;
        }

        throw new InvalidDataException("It has no section of needed symbol versions.");
    }

    private static int SectionHeader(byte[] elf, int index) => checked(ReadOffset(elf, 40) + index * ReadUInt16(elf, 58));

    private static int ReadOffset(byte[] elf, int offset) => checked((int)BitConverter.ToInt64(elf, offset));

    private static int ReadInt32(byte[] elf, int offset) => BitConverter.ToInt32(elf, offset);

    private static int ReadUInt16(byte[] elf, int offset) => BitConverter.ToUInt16(elf, offset);

    private static string ReadName(byte[] elf, int offset) =>
        Encoding.ASCII.GetString(elf, offset, Array.IndexOf(elf, (byte)0, offset) - offset);

    /// <summary>Written beside its place and moved there, so that a build that is stopped leaves no half a library.</summary>
    private void Write(byte[] elf)
    {
        string temporary = $"{MendedLibrary}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(temporary, elf);
            if (File.Exists(MendedLibrary))
                File.Replace(temporary, MendedLibrary, null);
            else
                File.Move(temporary, MendedLibrary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
