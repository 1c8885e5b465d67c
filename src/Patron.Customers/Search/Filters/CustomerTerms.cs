using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>The terms that say something about a customer's record.</summary>
internal static class CustomerTerms
{
    private const string Business = "(customer_type = 'company' OR company_name IS NOT NULL)";

    // As the rule of WaitingCustomers, for the rows of one organization.
    private const string Waiting = "(claim = 'claimed' AND user_id IS NULL AND is_active AND NOT is_archived)";

    public static IReadOnlyList<FilterTerm> All { get; } =
    [
        new("is", "The state of the customer")
        {
            Choices =
            [
                new("active", "Neither blocked nor deleted nor archived in the ERP", "is_active"),
                new("inactive", "Blocked, deleted, or archived in the ERP", "NOT is_active"),
                new("verified", "Email or phone is verified", "is_verified"),
                new("linked", "Has an account", "user_id IS NOT NULL"),
                new("waiting", "Can sign up with the address, and has no account yet", Waiting),
                // No deleted or blocked customer is active, and there is an index of the inactive ones.
                new("deleted", "Deleted, and can be restored", "(is_deleted AND NOT is_active)"),
                new("blocked", "Blocked", "(is_blocked AND NOT is_active)"),
                new("business", "A company, or a person who works for one", Business),
            ],
        },
        new("status", "The status")
        {
            Choices =
            [
                new("active", "An active customer", "status = 'active'"),
                new("inactive", "Deleted, or archived in the ERP", "(status = 'inactive' AND NOT is_active)"),
                new("prospect", "A possible customer", "status = 'prospect'"),
                new("blocked", "Blocked", "(status = 'blocked' AND NOT is_active)"),
            ],
        },
        new("type", "A person or a company")
        {
            Choices =
            [
                new("individual", "A person", "customer_type = 'individual'"), new("company", "A company", "customer_type = 'company'"),
            ],
        },
        new("has", "What is known of the customer")
        {
            Choices =
            [
                new("email", "An email address", "email_key IS NOT NULL"),
                new("phone", "A phone number", "(phone IS NOT NULL OR mobile IS NOT NULL)"),
                new("account", "An account", "user_id IS NOT NULL"),
                new("notes", "Notes of the staff", "notes IS NOT NULL"),
                new("tags", "Tags", "tags <> '{}'"),
                new("company", "A company's name", "company_name IS NOT NULL"),
                new(
                    "address", "A part of the address",
                    "num_nonnulls(address_line1, address_line2, city, state, postal_code, country) > 0"),
                new("birthday", "A date of birth", "date_of_birth IS NOT NULL"),
                new("reference", "A reference", "reference IS NOT NULL"),
                new("erp", "A partner in the ERP", "erp_id IS NOT NULL"),
            ],
        },
        new("tag", "A tag") { Example = "premium", IsTags = true, Condition = FilterConditions.Tags },
        Place("city", "The whole name of the city, or a part with *", "harare", PlaceKind.City),
        Place("state", "The whole name of the state or province, or a part with *", "NY", PlaceKind.State),
        new("country", "The country, by any of its names or its code")
        { Example = "zimbabwe", Place = PlaceKind.Country, IsCovered = true, Condition = FilterConditions.Country },
        Part("company", "A part of the company's name", "acme", FilterSubject.Person, 4, 3),
        Part("first_name", "A part of the first name", "jane", FilterSubject.Account, 2, 1),
        Part("last_name", "A part of the last name", "doe", FilterSubject.Account, 3, 2),
        Part("phone", "A phone number or a part of one, however it is written", "+1-555-0123", FilterSubject.Account, 1, 5, 6),
        new("email", "The whole email address, or a part with *")
        { Example = "*@example.com", Subject = FilterSubject.Account, Condition = FilterConditions.Email },
        Time("created", "When the record was made", "created_at"),
        Time("updated", "When the record last changed", "updated_at"),
        Time("seen", "When the customer last signed in", "last_login_at"),
        new("language", "The language of mails, with all its regions")
        { Example = "de", Subject = FilterSubject.Account, Condition = FilterConditions.Language },
        Word("group", "The group", "wholesale", "customer_group", Customer.DefaultGroup),
        Word("territory", "The territory", "north", "territory", Customer.DefaultTerritory),
        new("id", "The customer_id, account number, code or uid")
        { Example = "CUST-A1B2C3D4", Subject = FilterSubject.Person, Condition = FilterConditions.Identifier },
        new("ref", "What the organization calls the customer elsewhere, or a part of it with *")
        {
            Aliases = ["reference"], Example = "4711", Subject = FilterSubject.Person,
            Condition = (sql, values) =>
                $"{FilterIndexes.ShortReference} AND ({FilterSql.AnyOf(values, value => sql.EqualsIgnoringCase("reference", value))})",
        },
    ];

    private static FilterTerm Place(string name, string description, string example, PlaceKind kind) => new(name, description)
    {
        Example = example,
        Place = kind,
        IsCovered = kind == PlaceKind.City,
        Condition = (sql, values) =>
            $"""
            {name} = ANY (ARRAY(SELECT DISTINCT key FROM customers.counted
            WHERE organization_id = $1 AND dimension = '{name}' AND ({FilterSql.AnyOf(values, value => sql.IsWhole("search_key", value))})))
            """,
    };

    // Lines are those of the search text, as in the criteria of searches.
    private static FilterTerm Part(
        string name, string description, string example, FilterSubject subject, int added, params int[] lines) => new(name, description)
        {
            Example = example,
            Subject = subject,
            Check = value => SearchText.NullIfEmpty(value) is null ? "Write letters or digits." : null,
            Condition = (sql, values) => FilterSql.AnyOf(values, value => $"({sql.Search.InLines(value, lines, added)})"),
        };

    private static FilterTerm Time(string name, string description, string column) => new(name, description)
    {
        Example = ">2026-01-01",
        IsCovered = true,
        Check = FilterDates.Check,
        Condition = (sql, values) => FilterSql.AnyOf(values, value => FilterDates.ToSql(sql, column, value)),
    };

    // Most customers have the default value, so the index holds the others.
    private static FilterTerm Word(string name, string description, string example, string column, string usual) => new(name, description)
    {
        Example = example,
        Condition = (sql, values) => FilterSql.AnyOf(
            values,
            value => value.Equals(usual, StringComparison.OrdinalIgnoreCase)
                ? sql.EqualsIgnoringCase(column, value)
                : $"({column} <> '{usual}' AND {sql.EqualsIgnoringCase(column, value)})"),
    };
}
