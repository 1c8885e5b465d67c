using System.Globalization;
using Patron.Shared.Background;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>The sort columns of searches (contract, 'Dialect: customers').</summary>
public enum CustomerSort
{
    CreatedAt,
    UpdatedAt,
    FirstName,
    LastName,
    Email,
    Username,
    City,
    Country,
    CompanyName,
    LastLoginAt,
}

/// <summary>
/// An order of rows: a column, its collation, and the number as a tie-breaker. Empty values come last in both directions.
/// </summary>
internal sealed record CustomerOrder
{
    // Sorts names by language rules, independent of the server's locale.
    private const string NameCollation = " COLLATE \"und-x-icu\"";

    // As PostgreSQL writes times as text.
    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss.FFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz"];

    // A full index adds 5 to 6% to the work of inserting rows, so not every column has one (decision 0006). A partial one costs only rows
    // with a value.
    private static readonly SortColumn[] Columns =
    [
        new("id") { Type = "bigint" },
        new("code"),
        new("name") { Collation = NameCollation, HasIndex = false },
        new("phone") { IsNullable = true, HasIndex = false },
        new("customer_type") { HasIndex = false },
        new("status") { HasIndex = false },
        new("created_at") { Type = "timestamptz" },
        new("updated_at")
        {
            Type = "timestamptz",
            Index = IndexMigration.Of("customers.updated_index", "ix_customers_updated", "(organization_id, updated_at, id)"),
        },
        new("first_name")
        {
            Collation = NameCollation,
            Index = IndexMigration.Of(
                "customers.first_name_index", "ix_customers_first_name", $"(organization_id, first_name{NameCollation}, id)"),
        },
        new("last_name") { Collation = NameCollation },
        new("email")
        {
            Column = "email_key",
            IsNullable = true,
            // Claimed and unclaimed addresses have indexes of their own, by which they are found; released ones are few.
            Parts = ["claim = 'claimed'", "claim = 'unclaimed' AND email_key IS NOT NULL", "claim = 'released' AND email_key IS NOT NULL"],
            Index = IndexMigration.Of(
                "customers.released_email_index", "ix_customers_released_email", "(organization_id, email_key) WHERE claim = 'released'"),
        },
        new("username"),
        new("city") { Collation = NameCollation, IsNullable = true, HasIndex = false },
        new("country") { Collation = NameCollation, IsNullable = true, HasIndex = false },
        new("company_name")
        {
            Collation = NameCollation,
            IsNullable = true,
            Index = IndexMigration.Of(
                "customers.company_name_index", "ix_customers_company_name",
                $"(organization_id, company_name{NameCollation}, id) WHERE company_name IS NOT NULL"),
        },
        new("last_login_at")
        {
            Type = "timestamptz",
            IsNullable = true,
            Index = IndexMigration.Of(
                "customers.last_login_index", "ix_customers_last_login",
                "(organization_id, last_login_at, id) WHERE last_login_at IS NOT NULL"),
        },
    ];

    private readonly SortColumn sort;
    private readonly string direction;
    private readonly string parameter;
    private readonly IEnumerable<string> offered;

    private CustomerOrder(SortColumn sort, bool descending, string parameter, IEnumerable<string> offered) =>
        (this.sort, direction, this.parameter, this.offered) = (sort, descending ? " DESC" : "", parameter, offered);

    /// <summary>The indexes that are built in the background.</summary>
    public static IReadOnlyList<BackgroundMigration> Indexes { get; } =
        [.. Columns.Select(column => column.Index).OfType<BackgroundMigration>()];

    /// <summary>By number, the order of lists.</summary>
    public static CustomerOrder ByNumber { get; } = Parse("id")!;

    /// <summary>The values that <see cref="Parse"/> accepts.</summary>
    public static string Names { get; } = string.Join(", ", Columns.Select(column => column.Name));

    /// <summary>Those of them that have no index.</summary>
    public static string LimitedNames { get; } = string.Join(", ", Columns.Where(column => !column.HasIndex).Select(column => column.Name));

    /// <summary>Those of them that any number of customers can be sorted by.</summary>
    public static IReadOnlyList<string> IndexedNames { get; } =
        [.. Columns.Where(column => column.HasIndex).Select(column => column.Name)];

    /// <summary>Whether accounts own the values.</summary>
    public bool IsOfAccount => sort.Name is "first_name" or "last_name" or "email";

    /// <summary>The column that has the values, or those they are compared by.</summary>
    public string Column => sort.Column;

    public bool IsNullable => sort.IsNullable;

    /// <summary>Conditions that together match each row with a value once, and for each of which there is an index in this order.</summary>
    public IReadOnlyList<string> Parts => sort.Parts;

    /// <summary>The ORDER BY expression for rows without a value.</summary>
    public string EmptySql => $"id{direction}";

    /// <summary>Parses an order of lists: a column's name, with <c>-</c> before it descending; null for an unknown one.</summary>
    public static CustomerOrder? Parse(string word)
    {
        var descending = word.StartsWith('-');
        var name = descending ? word[1..] : word;
        return Array.Find(Columns, column => column.Name == name) is { } sort
            ? new CustomerOrder(sort, descending, "ordering", Columns.Select(column => column.Name))
            : null;
    }

    /// <summary>The order of searches.</summary>
    public static CustomerOrder Of(CustomerSort sort, bool descending)
    {
        var name = EnumNames<CustomerSort>.Of(sort);
        return new CustomerOrder(Columns.Single(column => column.Name == name), descending, "sort_by", EnumNames<CustomerSort>.All);
    }

    /// <summary>Whether any number of rows can be read in this order without sorting them.</summary>
    public bool HasIndex(CompletedMigrations finished) => sort.IsReady(finished);

    /// <summary>The error for more rows than are sorted for a page, where no index has this order.</summary>
    public Error TooManyRows(CompletedMigrations finished)
    {
        var ready = Columns.Where(column => column.IsReady(finished) && offered.Contains(column.Name)).Select(column => column.Name);
        return Error.Invalid(
            parameter,
            $"More than {CustomerPages.ExactUpTo} customers match, which is too many to sort by {sort.Name}. "
                + $"Narrow the search first, or sort by one of {string.Join(", ", ready)}.");
    }

    /// <summary>The comparison of a row after another one.</summary>
    public string After => direction.Length == 0 ? ">" : "<";

    /// <summary>The same order from its end.</summary>
    public CustomerOrder Reversed() => new(sort, direction.Length == 0, parameter, offered);

    /// <summary>Whether a text from a cursor can be a value of the column.</summary>
    public bool IsValue(string text) => sort.Type switch
    {
        "bigint" => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "timestamptz" => DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => InputText.Problem(text) is null,
    };

    /// <summary>What is compared with a place, so that the index finds it.</summary>
    public string RowSql(string column) => Column == "id" ? "id" : $"({column}{sort.Collation}, id)";

    /// <summary>A place in this order by parameters: a value as text, null for rows without one, and a number.</summary>
    public string PlaceSql(string? key, string id) => key is null || Column == "id" ? id : $"({key}::{sort.Type}, {id})";

    /// <summary>
    /// The ORDER BY expressions for a column of this name with the values of <see cref="Column"/>, next to one with the numbers. Indexes
    /// have this order. <paramref name="nulls"/> is <c>FIRST</c> or <c>LAST</c> where values can be empty.
    /// </summary>
    public string ToSql(string column, string? nulls = null, string id = "id") => Column == "id"
        ? id + direction
        : $"{column}{sort.Collation}{direction}{(IsNullable && nulls is not null ? $" NULLS {nulls}" : "")}, {id}{direction}";

    /// <summary>The same for values that may be empty, which are last.</summary>
    public string ToSqlWithEmptyLast(string column) => ToSql(column, nulls: "LAST");

    private sealed record SortColumn(string Name)
    {
        private readonly string[]? parts;

        public string Column { get; init; } = Name;

        public string Collation { get; init; } = "";

        /// <summary>The type of the values.</summary>
        public string Type { get; init; } = "text";

        public bool IsNullable { get; init; }

        public string[] Parts { get => parts ?? [$"{Column} IS NOT NULL"]; init => parts = value; }

        public bool HasIndex { get; init; } = true;

        /// <summary>The index, where it is built in the background.</summary>
        public BackgroundMigration? Index { get; init; }

        public bool IsReady(CompletedMigrations finished) => HasIndex && (Index is null || finished.Contains(Index.Name));
    }
}
