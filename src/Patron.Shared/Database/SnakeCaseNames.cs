using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Patron.Shared.Database;

/// <summary>Gives every column the snake_case name of its property; tables, keys and indexes are named where they are configured.</summary>
public static class SnakeCaseNames
{
    public static void UseSnakeCaseColumns(this ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            Rename(entity);
        }
    }

    private static void Rename(IMutableTypeBase type)
    {
        foreach (var property in type.GetProperties())
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }

        foreach (var complex in type.GetComplexProperties())
        {
            Rename(complex.ComplexType);
        }
    }
}
