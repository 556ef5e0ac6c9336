using System.Runtime.InteropServices;
using MnistML.Common;

namespace MnistML.Network.Backprop;

/// <summary>A loaded batch of which only the inputs that are not zero are held, and which inputs those are.</summary>
/// <param name="inputCount">Inputs of the first layer.</param>
internal sealed class SparseInputs(int inputCount)
{
    private readonly SparseRows _rows = new();
    private readonly List<int> _places = [];
    private readonly List<int> _inputs = [];

    /// <summary>The place of each input in <see cref="Inputs"/>, counted from 1; 0 where it does not occur.</summary>
    private readonly int[] _placeOf = new int[inputCount];

    /// <summary>The inputs that occur in the batch, each once, in the order in which they occur first.</summary>
    public IReadOnlyList<int> Inputs => _inputs;

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        foreach (var input in _inputs)
        {
            _placeOf[input] = 0;
        }

        _inputs.Clear();
        _places.Clear();
        _rows.Clear();
    }

    /// <summary>Appends a row.</summary>
    /// <param name="slots">The inputs that are not zero.</param>
    /// <param name="values">Their values.</param>
    public void Append(ReadOnlySpan<int> slots, ReadOnlySpan<float> values)
    {
        _rows.Append(slots, values);
        foreach (var slot in slots)
        {
            ref var place = ref _placeOf[slot];
            if (place == 0)
            {
                _inputs.Add(slot);
                place = _inputs.Count;
            }

            _places.Add(place - 1);
        }
    }

    /// <summary>Whether an input occurs in the batch.</summary>
    public bool Contains(int input) => _placeOf[input] > 0;

    /// <summary>The inputs of a row, and their values.</summary>
    public void Get(int row, out ReadOnlySpan<int> slots, out ReadOnlySpan<float> values)
    {
        slots = _rows.Slots[_rows.EntriesOf(row)];
        values = _rows.Values[_rows.EntriesOf(row)];
    }

    /// <summary>The places of a row's inputs in <see cref="Inputs"/>, and their values.</summary>
    public void GetPlaces(int row, out ReadOnlySpan<int> places, out ReadOnlySpan<float> values)
    {
        places = CollectionsMarshal.AsSpan(_places)[_rows.EntriesOf(row)];
        values = _rows.Values[_rows.EntriesOf(row)];
    }
}
