using Microsoft.ML.Data;
using MnistML.OnnxExport.Onnx;
using Elements = MnistML.OnnxExport.Onnx.TensorProto.Types.DataType;

namespace MnistML.OnnxExport.Conversion;

/// <summary>Types of columns as types of ONNX values.</summary>
internal static class OnnxTypes
{
    /// <summary>The first dimension of every input and output.</summary>
    private const string RowsDimension = "rows";

    /// <summary>The type of a column's items, or <see cref="Elements.Undefined"/> if ONNX has none.</summary>
    public static Elements ElementOf(DataViewType type)
    {
        var item = type.GetItemType();
        return item is TextDataViewType ? Elements.String
            : item is not (NumberDataViewType or BooleanDataViewType or KeyDataViewType) ? Elements.Undefined
            : Type.GetTypeCode(item.RawType) switch
            {
                TypeCode.Boolean => Elements.Bool,
                TypeCode.SByte => Elements.Int8,
                TypeCode.Byte => Elements.Uint8,
                TypeCode.Int16 => Elements.Int16,
                TypeCode.UInt16 => Elements.Uint16,
                TypeCode.Int32 => Elements.Int32,
                TypeCode.UInt32 => Elements.Uint32,
                TypeCode.Int64 => Elements.Int64,
                TypeCode.UInt64 => Elements.Uint64,
                TypeCode.Single => Elements.Float,
                TypeCode.Double => Elements.Double,
                _ => Elements.Undefined,
            };
    }

    /// <summary>The dimensions of a row's items: none for a scalar.</summary>
    public static int[] DimensionsOf(DataViewType type) => type is VectorDataViewType vector ? [.. vector.Dimensions] : [];

    /// <summary>Whether a column can be an input or an output.</summary>
    public static bool IsSupported(DataViewType type) =>
        ElementOf(type) != Elements.Undefined && DimensionsOf(type).All(dimension => dimension > 0);

    /// <summary>An input or output, with a free number of rows.</summary>
    public static ValueInfoProto Value(string name, Elements type, params IEnumerable<int> dimensions)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = RowsDimension } } };
        shape.Dim.AddRange(dimensions.Select(dimension => new TensorShapeProto.Types.Dimension { DimValue = dimension }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }

    private static DataViewType GetItemType(this DataViewType type) => type is VectorDataViewType vector ? vector.ItemType : type;
}
