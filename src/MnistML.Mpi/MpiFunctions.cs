using System.Runtime.InteropServices;

namespace MnistML.Mpi;

/// <summary>The seven functions of MPI that a group needs, in a library of any kind. Handles are passed as addresses are.</summary>
internal sealed unsafe class MpiFunctions
{
    private readonly delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int> _initThread;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int> _commRank;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int> _commSize;
    private readonly delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, int> _allreduce;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int> _bcast;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> _abort;
    private readonly delegate* unmanaged[Cdecl]<int> _finalize;
    private readonly MpiInterface _interface;

    /// <param name="library">The library.</param>
    /// <param name="kind">What kind of MPI it is.</param>
    /// <exception cref="EntryPointNotFoundException">It is not MPI.</exception>
    public MpiFunctions(nint library, MpiKind kind)
    {
        _interface = MpiInterface.Of(kind, library);
        _initThread = (delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)NativeLibrary.GetExport(library, "MPI_Init_thread");
        _commRank = (delegate* unmanaged[Cdecl]<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_rank");
        _commSize = (delegate* unmanaged[Cdecl]<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_size");
        _allreduce = (delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Allreduce");
        _bcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)NativeLibrary.GetExport(library, "MPI_Bcast");
        _abort = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeLibrary.GetExport(library, "MPI_Abort");
        _finalize = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "MPI_Finalize");
    }

    /// <summary>Begins MPI, in which this thread alone will call it.</summary>
    public void Init()
    {
        int provided;
        Check(_initThread(null, null, _interface.Funneled, &provided), "MPI_Init_thread");
        if (provided < _interface.Funneled)
        {
            throw new InvalidOperationException(
                "This MPI does not allow other threads beside the one that calls it (MPI_THREAD_FUNNELED), which training needs.");
        }
    }

    public int Rank()
    {
        int rank;
        Check(_commRank(_interface.World, &rank), "MPI_Comm_rank");
        return rank;
    }

    public int Size()
    {
        int size;
        Check(_commSize(_interface.World, &size), "MPI_Comm_size");
        return size;
    }

    /// <summary>Sums floats over all processes, in place.</summary>
    public void SumSingles(nint values, int count) =>
        Check(_allreduce(_interface.InPlace, (void*)values, count, _interface.Single, _interface.Sum, _interface.World), "MPI_Allreduce");

    /// <summary>Sums doubles over all processes, in place.</summary>
    public void SumDoubles(nint values, int count) =>
        Check(_allreduce(_interface.InPlace, (void*)values, count, _interface.Double, _interface.Sum, _interface.World), "MPI_Allreduce");

    /// <summary>Gives all processes the bytes of rank 0.</summary>
    public void Broadcast(nint values, int count) =>
        Check(_bcast((void*)values, count, _interface.Byte, 0, _interface.World), "MPI_Bcast");

    /// <summary>Ends all processes, this one included.</summary>
    public void Abort() => _ = _abort(_interface.World, 1);

    public void Finish() => Check(_finalize(), "MPI_Finalize");

    private static void Check(int error, string function)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{function} failed with error {error}.");
        }
    }
}
