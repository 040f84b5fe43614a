-- What `kpi-exporter telemetry init --print postgresql:` writes, made by the role that owns it.
SET ROLE product;
CREATE SCHEMA IF NOT EXISTS analytics;
CREATE TABLE IF NOT EXISTS analytics.downloads (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    platform TEXT,
    channel TEXT,
    version TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS downloads_by_time ON analytics.downloads (timestamp, user_id);
CREATE INDEX IF NOT EXISTS downloads_by_user ON analytics.downloads (user_id, timestamp);
CREATE TABLE IF NOT EXISTS analytics.command_generated (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    platform TEXT,
    category TEXT,
    retries DOUBLE PRECISION,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS command_generated_by_time ON analytics.command_generated (timestamp, user_id);
CREATE INDEX IF NOT EXISTS command_generated_by_user ON analytics.command_generated (user_id, timestamp);
CREATE TABLE IF NOT EXISTS analytics.command_feedback (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    category TEXT,
    success BOOLEAN,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS command_feedback_by_time ON analytics.command_feedback (timestamp, user_id);
CREATE INDEX IF NOT EXISTS command_feedback_by_user ON analytics.command_feedback (user_id, timestamp);
CREATE TABLE IF NOT EXISTS analytics.command_generation_error (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    error_type TEXT,
    platform TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS command_generation_error_by_time ON analytics.command_generation_error (timestamp, user_id);
CREATE TABLE IF NOT EXISTS analytics.crashes (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    platform TEXT,
    version TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS crashes_by_time ON analytics.crashes (timestamp, platform);
CREATE TABLE IF NOT EXISTS analytics.sessions (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    platform TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS sessions_by_time ON analytics.sessions (timestamp, user_id);
CREATE TABLE IF NOT EXISTS analytics.satisfaction_survey (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    rating DOUBLE PRECISION,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS satisfaction_survey_by_time ON analytics.satisfaction_survey (timestamp, user_id);
CREATE TABLE IF NOT EXISTS analytics.feature_used (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    user_id TEXT,
    feature TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS feature_used_by_time ON analytics.feature_used (timestamp, user_id);
CREATE TABLE IF NOT EXISTS analytics.command_generation_latency (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    duration_ms DOUBLE PRECISION,
    query_complexity TEXT,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS command_generation_latency_by_time ON analytics.command_generation_latency (timestamp, query_complexity, duration_ms);
CREATE TABLE IF NOT EXISTS analytics.memory_usage (
    event_id UUID DEFAULT gen_random_uuid() NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    memory_kb DOUBLE PRECISION,
    PRIMARY KEY (event_id)
);
CREATE INDEX IF NOT EXISTS memory_usage_by_time ON analytics.memory_usage (timestamp, memory_kb);
