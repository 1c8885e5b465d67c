using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;
using Patron.Accounts.Database;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>Compares the EF model and the declared records with the tables, because the migrations are written by hand.</summary>
public sealed class SchemaTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Accounts_model_matches_its_tables() => await ShouldFitAsync<AccountsContext>();

    [Fact]
    public async Task Declared_customer_matches_its_table() => await ShouldFitAsync("customers.customers", CustomerSchema.Fields, "search_text", "erp_partner_id");

    [Fact]
    public async Task Declared_address_matches_its_table() => await ShouldFitAsync("customers.addresses", AddressSchema.Fields);

    // All columns are declared with their types, and there are no others.
    private async Task ShouldFitAsync<TRecord>(string table, RecordSchema<TRecord> schema, params string[] undeclared)
        where TRecord : class
    {
        var columns = (await ReadColumnsAsync()).Values.Where(column => column.Table == table).Select(column => (Name: column.Name[(table.Length + 1)..], column.Type)).ToList();
        Assert.Equal(
            columns.Where(column => !undeclared.Contains(column.Name)).Select(column => $"{column.Name} {column.Type}").Order(),
            schema.All.Select(field => $"{field.Name} {Types[field.ColumnType]}").Order());
    }

    private async Task ShouldFitAsync<TContext>()
        where TContext : DbContext
    {
        await using var scope = app.Accounts.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<TContext>().Model;
        var columns = await ReadColumnsAsync();
        var wrong = new List<string>();
        var tables = model.GetRelationalModel().Tables.ToList();
        Assert.NotEmpty(tables);
        foreach (var table in tables)
        {
            var mapped = table.Columns.ToDictionary(column => $"{table.Schema}.{table.Name}.{column.Name}", StringComparer.Ordinal);
            wrong.AddRange(mapped.SelectMany(pair => FindDifferences(pair.Key, pair.Value, columns)));
            wrong.AddRange(columns.Values
                .Where(column => column.Table == $"{table.Schema}.{table.Name}" && column is { IsNullable: false, HasDefault: false } && !mapped.ContainsKey(column.Name))
                .Select(column => $"{column.Name} must have a value, but the model does not know it"));
        }

        Assert.Empty(wrong);
    }

    private static readonly Dictionary<NpgsqlDbType, string> Types = new()
    {
        [NpgsqlDbType.Text] = "text", [NpgsqlDbType.Bigint] = "bigint", [NpgsqlDbType.Integer] = "integer", [NpgsqlDbType.Uuid] = "uuid", [NpgsqlDbType.Boolean] = "boolean",
        [NpgsqlDbType.Date] = "date", [NpgsqlDbType.TimestampTz] = "timestamp with time zone", [NpgsqlDbType.Jsonb] = "jsonb",
        [NpgsqlDbType.Array | NpgsqlDbType.Text] = "text[]",
    };

    private static IEnumerable<string> FindDifferences(string name, IColumn mapped, Dictionary<string, Column> columns)
    {
        if (!columns.TryGetValue(name, out var column))
        {
            yield return $"{name} is mapped, but there is no such column";
            yield break;
        }

        if (mapped.StoreType != column.Type)
        {
            yield return $"{name} is {column.Type}, but mapped as {mapped.StoreType}";
        }

        if (mapped.IsNullable != column.IsNullable)
        {
            yield return $"{name} is {(column.IsNullable ? "nullable" : "not nullable")}, but mapped otherwise";
        }
    }

    private async Task<Dictionary<string, Column>> ReadColumnsAsync()
    {
        const string Sql = """
            SELECT table_schema || '.' || table_name, column_name,
                   CASE WHEN data_type = 'ARRAY' THEN trim(leading '_' from udt_name) || '[]' ELSE data_type END,
                   is_nullable = 'YES', column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
            FROM information_schema.columns WHERE table_schema IN ('accounts', 'customers', 'shared')
            """;
        await using var connection = new NpgsqlConnection(app.Accounts.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<Column>();
        while (await reader.ReadAsync())
        {
            columns.Add(new Column(reader.GetString(0), $"{reader.GetString(0)}.{reader.GetString(1)}", reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4)));
        }

        return columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
    }

    private sealed record Column(string Table, string Name, string Type, bool IsNullable, bool HasDefault);
}
