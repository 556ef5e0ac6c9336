using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>Keys as what they stand for. A missing key gives ML.NET's missing value of the type: an empty text, NaN, or 0.</summary>
internal static class KeyConversion
{
    private const string Annotation = "KeyValues";

    /// <summary>The type of what a column's keys stand for; null if it has no keys, or they stand for nothing that ONNX has.</summary>
    public static DataViewType? ValueTypeOf(DataViewSchema.Column column)
    {
        var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        return item is KeyDataViewType
            && column.Annotations.Schema.GetColumnOrNull(Annotation)?.Type is VectorDataViewType { ItemType: var type }
            && OnnxTypes.IsSupported(type)
                ? type
                : null;
    }

    /// <summary>Adds the operators that look a column's keys up.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="keys">The value that holds the keys, from 1, 0 for missing ones.</param>
    /// <param name="column">The column, whose keys stand for something.</param>
    public static string Append(PipelineGraph graph, string keys, DataViewSchema.Column column) => graph.Node(
        "Gather",
        [
            (string)typeof(KeyConversion).GetMethod(nameof(AddValues), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(ValueTypeOf(column)!.RawType)
                .Invoke(obj: null, BindingFlags.DoNotWrapExceptions, binder: null, [graph, column], culture: null)!,
            graph.Cast(keys, Elements.Int64),
        ],
        PipelineGraph.Attribute("axis", 0));

    private static string AddValues<T>(PipelineGraph graph, DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(Annotation, ref values);
        Array withMissing = (T[])[Missing<T>(), .. values.DenseValues()];
        var element = OnnxTypes.ElementOf(ValueTypeOf(column)!);
        return withMissing is ReadOnlyMemory<char>[] texts
            ? graph.Vector([.. texts.Select(text => text.ToString())])
            : Type.GetTypeCode(typeof(T)) switch
            {
                TypeCode.Boolean => graph.Vector<bool>(element, (bool[])withMissing),
                TypeCode.SByte => graph.Vector<sbyte>(element, (sbyte[])withMissing),
                TypeCode.Byte => graph.Vector<byte>(element, (byte[])withMissing),
                TypeCode.Int16 => graph.Vector<short>(element, (short[])withMissing),
                TypeCode.UInt16 => graph.Vector<ushort>(element, (ushort[])withMissing),
                TypeCode.Int32 => graph.Vector<int>(element, (int[])withMissing),
                TypeCode.UInt32 => graph.Vector<uint>(element, (uint[])withMissing),
                TypeCode.Int64 => graph.Vector<long>(element, (long[])withMissing),
                TypeCode.UInt64 => graph.Vector<ulong>(element, (ulong[])withMissing),
                TypeCode.Single => graph.Vector<float>(element, (float[])withMissing),
                _ => graph.Vector<double>(element, (double[])withMissing),
            };
    }

    private static T Missing<T>() =>
        typeof(T) == typeof(float) ? (T)(object)float.NaN
        : typeof(T) == typeof(double) ? (T)(object)double.NaN
        : default!;
}
