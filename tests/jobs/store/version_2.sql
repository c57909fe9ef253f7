-- A store as version 2 of the schema made it, with one batch of two pairs.

CREATE TABLE schema_version (version BIGINT NOT NULL);
INSERT INTO schema_version VALUES (2);
CREATE TABLE batches (batch_id VARCHAR, name VARCHAR, spec VARCHAR, phase_table VARCHAR, policy
VARCHAR, version VARCHAR, pairs_total BIGINT, pairs_failed BIGINT, run_at TIMESTAMP, PRIMARY KEY
(batch_id));
CREATE TABLE pairs (batch_id VARCHAR, status VARCHAR, sse VARCHAR, cathode VARCHAR, recipe
VARCHAR, score_0_to_1 DOUBLE, score_low_0_to_1 DOUBLE, score_high_0_to_1 DOUBLE, factor_capacity
DOUBLE, factor_interface DOUBLE, factor_transport DOUBLE, reason VARCHAR, first_charge_mah_per_g
DOUBLE, first_charge_low_mah_per_g DOUBLE, first_charge_high_mah_per_g DOUBLE,
first_discharge_mah_per_g DOUBLE, first_discharge_low_mah_per_g DOUBLE,
first_discharge_high_mah_per_g DOUBLE, efficiency_percent DOUBLE, efficiency_low_percent DOUBLE,
efficiency_high_percent DOUBLE, sse_share_percent DOUBLE, sse_share_low_percent DOUBLE,
sse_share_high_percent DOUBLE, voltage_low_v DOUBLE, voltage_high_v DOUBLE, reduction_limit_v
DOUBLE, oxidation_limit_v DOUBLE, reduction_limit_low_v DOUBLE, reduction_limit_high_v DOUBLE,
oxidation_limit_low_v DOUBLE, oxidation_limit_high_v DOUBLE, window_covers_probability DOUBLE,
sse_energy_source VARCHAR, sse_energy_above_hull_ev_per_atom DOUBLE, discharged_energy_source
VARCHAR, charged_energy_source VARCHAR, oxidation_capacity_mah_per_g DOUBLE,
reduction_capacity_mah_per_g DOUBLE, reversible_capacity_mah_per_g DOUBLE,
chemical_discharged_ev_per_atom DOUBLE, chemical_discharged_products VARCHAR,
mutual_discharged_ev_per_non_li_atom DOUBLE, self_discharged_ev_per_non_li_atom DOUBLE,
total_discharged_ev_per_non_li_atom DOUBLE, chemical_charged_ev_per_atom DOUBLE,
chemical_charged_products VARCHAR, mutual_charged_ev_per_non_li_atom DOUBLE,
self_charged_ev_per_non_li_atom DOUBLE, total_charged_ev_per_non_li_atom DOUBLE,
worst_mutual_ev_per_non_li_atom DOUBLE, worst_mutual_voltage_v DOUBLE, worst_mutual_products
VARCHAR, ionic_conductivity_s_per_cm DOUBLE, ionic_conductivity_low_s_per_cm DOUBLE,
ionic_conductivity_high_s_per_cm DOUBLE, ionic_conductivity_kind VARCHAR,
ionic_conductivity_source VARCHAR, relative_density_percent DOUBLE, relative_density_low_percent
DOUBLE, relative_density_high_percent DOUBLE, relative_density_kind VARCHAR,
relative_density_source VARCHAR, true_density_g_per_cm3 DOUBLE, true_density_low_g_per_cm3 DOUBLE,
true_density_high_g_per_cm3 DOUBLE, true_density_kind VARCHAR, true_density_source VARCHAR,
carbon_area_m2_per_g DOUBLE, carbon_area_low_m2_per_g DOUBLE, carbon_area_high_m2_per_g DOUBLE,
carbon_area_kind VARCHAR, carbon_area_source VARCHAR, cathode_volume_percent DOUBLE,
sse_volume_percent DOUBLE, carbon_volume_percent DOUBLE, pore_volume_percent DOUBLE, phase_table
VARCHAR, temperature_k DOUBLE, policy VARCHAR, policy_statement VARCHAR,
best_in_cathode_probability DOUBLE, PRIMARY KEY (batch_id, sse, cathode, recipe));
CREATE TABLE windows (batch_id VARCHAR, sse VARCHAR, energy_source VARCHAR,
energy_above_hull_ev_per_atom DOUBLE, reduction_limit_v DOUBLE, oxidation_limit_v DOUBLE, PRIMARY
KEY (batch_id, sse));
CREATE TABLE steps (batch_id VARCHAR, sse VARCHAR, step BIGINT, voltage_low_v DOUBLE,
voltage_high_v DOUBLE, li_change DOUBLE, capacity_mah_per_g DOUBLE, products VARCHAR, PRIMARY KEY
(batch_id, sse, step));
CREATE TABLE kinks (batch_id VARCHAR, sse VARCHAR, cathode_state VARCHAR, voltage_v DOUBLE, kink
BIGINT, sse_fraction DOUBLE, energy_ev_per_atom DOUBLE, total_ev_per_non_li_atom DOUBLE,
mutual_ev_per_non_li_atom DOUBLE, products VARCHAR, PRIMARY KEY (batch_id, sse, cathode_state,
voltage_v, kink));
CREATE VIEW ranked_pairs AS SELECT rank() OVER (PARTITION BY batch_id ORDER BY score_0_to_1 DESC)
AS rank, rank() OVER (PARTITION BY batch_id, cathode ORDER BY score_0_to_1 DESC) AS
rank_in_cathode, * FROM pairs WHERE status = 'ok' ;
INSERT INTO batches VALUES ('old', 'before', '{}', 'reference-0', 'known', '0.1.0+0', 2, 1,
  '2026-11-01 12:00:00');
INSERT INTO pairs BY NAME SELECT 'old' AS batch_id, 'ok' AS status, 'Li2S' AS sse, 'S' AS cathode,
  'r' AS recipe, 0.5 AS score_0_to_1, 1.0 AS best_in_cathode_probability;
INSERT INTO pairs BY NAME SELECT 'old' AS batch_id, 'failed' AS status, 'Li3N' AS sse, 'S' AS cathode,
  'r' AS recipe, 'no nitrogen' AS reason;
INSERT INTO windows VALUES ('old', 'Li2S', 'entry', 0.0, 0.0, 2.2);
