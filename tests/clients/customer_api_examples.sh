# Create customer
curl -X POST "http://localhost:8000/api/v1/customers/" \
  -H "Content-Type: application/json" \
  -d '{
    "first_name": "John",
    "last_name": "Doe",
    "email": "john.doe@example.com"
  }'

# Get customer by ID
curl "http://localhost:8000/api/v1/customers/CUST_A1B2C3D4"

# Search customers
curl -X POST "http://localhost:8000/api/v1/customers/search" \
  -H "Content-Type: application/json" \
  -d '{"query": "john", "page": 1, "limit": 10}'
