using System.Runtime.InteropServices;

namespace MnistML.Mpi;

/// <summary>The kinds of MPI, by what their handles are in a binary.</summary>
internal enum MpiKind
{
    /// <summary>Handles are addresses of variables of the library.</summary>
    OpenMpi,

    /// <summary>MPICH and its relatives: handles are numbers, the same in all of them since 2013.</summary>
    Mpich,

    /// <summary>The standard binary interface of MPI 5.0, chapter 20: handles are small numbers of the size of an address.</summary>
    Standard,
}

/// <summary>The values by which the binary interfaces of MPI differ.</summary>
/// <param name="World"><c>MPI_COMM_WORLD</c>.</param>
/// <param name="Single"><c>MPI_FLOAT</c>.</param>
/// <param name="Double"><c>MPI_DOUBLE</c>.</param>
/// <param name="Byte"><c>MPI_BYTE</c>.</param>
/// <param name="Sum"><c>MPI_SUM</c>.</param>
/// <param name="InPlace"><c>MPI_IN_PLACE</c>, an address.</param>
/// <param name="Funneled"><c>MPI_THREAD_FUNNELED</c>: one thread calls MPI, while others may run.</param>
internal sealed record MpiInterface(nint World, nint Single, nint Double, nint Byte, nint Sum, nint InPlace, int Funneled)
{
    /// <summary>The values of a library.</summary>
    /// <param name="kind">What kind of MPI it is.</param>
    /// <param name="library">The library.</param>
    public static MpiInterface Of(MpiKind kind, nint library) => kind switch
    {
        MpiKind.OpenMpi => new MpiInterface(
            NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
            NativeLibrary.GetExport(library, "ompi_mpi_float"),
            NativeLibrary.GetExport(library, "ompi_mpi_double"),
            NativeLibrary.GetExport(library, "ompi_mpi_byte"),
            NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
            InPlace: 1,
            Funneled: 1),

        // mpi.h of MPICH. The second hexadecimal digits of a type are its size.
        MpiKind.Mpich => new MpiInterface(
            World: 0x44000000, Single: 0x4c00040a, Double: 0x4c00080b, Byte: 0x4c00010d, Sum: 0x58000003, InPlace: -1, Funneled: 1),

        // MPI 5.0, appendix A, and mpi.h of the MPI Forum's mpi-abi-stubs.
        _ => new MpiInterface(
            World: 0x101, Single: 0x210, Double: 0x214, Byte: 0x247, Sum: 0x21, InPlace: 1, Funneled: 1024),
    };
}
