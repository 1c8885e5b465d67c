using Npgsql;

namespace Limit;

/// <summary>The columns of Patron's answers, and their conversion from rows.</summary>
internal static class Rows
{
    public const string ListColumns =
        """
        id, customer_id, username, first_name, last_name, email, phone, address_line1, city, state, postal_code, country,
        date_of_birth, gender, company_name, is_active, is_verified, email_verified_at, phone_verified_at, marketing_emails, marketing_sms,
        notes, tags, created_at, updated_at, last_login_at, address_line2, customer_type, name
        """;

    public const string Columns =
        ListColumns +
        """
        , version, uid, code, organization_id, user_id, status, mobile, phone_e164, country_code, business_type, tax_id, website, reference,
        customer_group, territory, is_primary_contact, emergency_contact_name, emergency_contact_phone, emergency_contact_relationship,
        preferred_contact_method, notification_preferences, customer_since, total_services, last_service_date, odoo_last_sync, deleted_at,
        preferred_name, language
        """;

    public static ListItem ReadListItem(NpgsqlDataReader row)
    {
        var firstName = row.GetString(3);
        var lastName = row.GetString(4);
        var (address, city, state, postalCode, country) = (row.Text(7), row.Text(8), row.Text(9), row.Text(10), row.Text(11));
        return new(
            row.GetInt64(0), row.GetString(1), row.GetString(2), firstName, lastName, row.Text(5), row.Text(6),
            address, city, state, postalCode, country,
            row.Time(12), row.Text(13), row.Text(14),
            row.GetBoolean(15), row.GetBoolean(16), !row.IsDBNull(17), !row.IsDBNull(18), row.GetBoolean(19), row.GetBoolean(20),
            row.Text(21), Tags(row), row.GetDateTime(23), row.GetDateTime(24), row.Time(25),
            FullName(row, firstName, lastName), FullAddress(address, row.Text(26), city, state, postalCode, country));
    }

    public static TaggedAnswer Read(NpgsqlDataReader row)
    {
        var customerId = row.GetString(1);
        var firstName = row.GetString(3);
        var lastName = row.GetString(4);
        var (address, city, state, postalCode, country) = (row.Text(7), row.Text(8), row.Text(9), row.Text(10), row.Text(11));
        var secondLine = row.Text(26);
        var answer = new Answer(
            row.GetInt64(0), customerId, row.GetString(2), firstName, lastName, row.Text(5), row.Text(6),
            address, city, state, postalCode, country,
            row.Time(12), row.Text(13), row.Text(14),
            row.GetBoolean(15), row.GetBoolean(16), !row.IsDBNull(17), !row.IsDBNull(18), row.GetBoolean(19), row.GetBoolean(20),
            row.Text(21), Tags(row), row.GetDateTime(23), row.GetDateTime(24), row.Time(25),
            FullName(row, firstName, lastName), FullAddress(address, secondLine, city, state, postalCode, country),
            row.GetGuid(30), customerId.Replace('_', '-'), row.GetString(31), row.GetGuid(32), row.IsDBNull(33) ? null : row.GetGuid(33),
            row.GetString(28), row.GetString(27), row.GetString(34),
            row.Text(35), row.Text(36), secondLine, row.Text(37),
            row.Text(38), row.Text(39), row.Text(40), row.Text(41), row.GetString(42), row.GetString(43), row.GetBoolean(44),
            row.Text(45), row.Text(46), row.Text(47),
            row.Text(48), row.GetString(49),
            row.Time(17), row.GetDateTime(50), row.GetInt32(51), row.Time(52),
            row.Time(53), row.Time(54), row.Text(55), row.Text(56), MergedInto: null, Incomplete: null);
        return new(answer, $"\"{row.GetInt64(29)}\"");
    }

    private static string? Text(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);

    private static string? Tags(NpgsqlDataReader row) => row.GetFieldValue<string[]>(22) is { Length: > 0 } tags ? string.Join(',', tags) : null;

    private static string FullName(NpgsqlDataReader row, string firstName, string lastName) =>
        row.GetString(27) == "individual" && $"{firstName} {lastName}".Trim() is { Length: > 0 } personal ? personal : row.GetString(28);

    private static string FullAddress(params ReadOnlySpan<string?> parts)
    {
        var present = new List<string>(parts.Length);
        foreach (var part in parts)
        {
            if (part is not null)
            {
                present.Add(part);
            }
        }

        return string.Join(", ", present);
    }
}
