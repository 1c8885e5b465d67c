using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.IntegrationTests.Customers;

/// <summary>Each column of a row is read into its declared field.</summary>
public sealed class CustomerRowTests(OneProcess app) : IClassFixture<OneProcess>
{
    [Fact]
    public async Task Every_column_is_read_into_its_field()
    {
        var created = await app.CreateCustomerAsync(await app.SomeStaffAsync());
        // Every column has a different value, so that mixed up columns are detected.
        await app.CustomersSqlAsync<object>(
            """
            DO $$
            DECLARE col record; number int := 0; assignments text[];
            BEGIN
                FOR col IN SELECT * FROM information_schema.columns WHERE table_schema = 'customers' AND table_name = 'customers' AND is_generated = 'NEVER'
                    AND column_name NOT IN ('id', 'uid', 'organization_id', 'customer_id', 'code', 'is_deleted', 'deleted_at') LOOP
                    number := number + 1;
                    assignments := assignments || format('%I = %L', col.column_name, CASE
                        WHEN col.column_name IN ('customer_type', 'claim', 'standing', 'preferred_contact_method', 'link_evidence') THEN
                            CASE col.column_name WHEN 'customer_type' THEN 'company' WHEN 'claim' THEN 'released' WHEN 'standing' THEN 'prospect' WHEN 'link_evidence' THEN 'accepted' ELSE 'sms' END
                        WHEN col.data_type = 'text' THEN 'text' || number
                        WHEN col.data_type = 'boolean' THEN (number % 2 = 0)::text
                        WHEN col.data_type IN ('integer', 'bigint') THEN number::text
                        WHEN col.data_type = 'uuid' THEN '00000000-0000-0000-0000-' || lpad(number::text, 12, '0')
                        WHEN col.data_type = 'date' THEN ('1990-01-01'::date + number)::text
                        WHEN col.data_type = 'ARRAY' THEN '{tag' || number || '}'
                        WHEN col.data_type = 'jsonb' THEN '{"number": ' || number || '}'
                        ELSE ('2024-01-01'::timestamptz + number * interval '1 day')::text END);
                END LOOP;
                EXECUTE 'UPDATE customers.customers SET ' || array_to_string(assignments, ', ');
            END $$
            """);

        var uid = created.GetProperty("uid").GetGuid();
        using var row = JsonDocument.Parse((await app.CustomersSqlAsync<string>("SELECT to_jsonb(c)::text FROM customers.customers c WHERE uid = $1", uid))!);
        await using var scope = app.Customers.Services.CreateAsyncScope();
        var found = await scope.ServiceProvider.GetRequiredService<FindCustomer>().HandleAsync(
            Caller.System(app.Home()), new CustomerLookup.ById(uid.ToString()), CancellationToken.None);
        Assert.All(CustomerSchema.Fields.All, field => Assert.Equal(Text(row.RootElement.GetProperty(field.Name)), field.ReadText(found.Value) ?? Empty(field)));
    }

    // As the fields format it: tags as one text, times in UTC.
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(tag => tag.GetString())),
        JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Object => value.GetRawText(),
        _ => value.ToString() is var text && DateTimeOffset.TryParse(text, out var time) && text.Contains('T', StringComparison.Ordinal) ? JsonSerializer.Serialize(time.UtcDateTime).Trim('"') : text,
    };

    // The value of an empty field.
    private static string Empty(Field<Customer> field) => field.JsonType == "boolean" ? FieldText.ToJson(writer => field.WriteValue(writer, new Customer())) : "";
}
